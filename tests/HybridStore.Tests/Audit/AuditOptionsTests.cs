using HybridStore.DependencyInjection;

namespace HybridStore.Tests.Audit;

public sealed class AuditOptionsTests
{
    private static readonly string Hash = new('a', 64);

    [Fact]
    public void Configure_Environment_IsRead()
    {
        var options = Configure(new()
        {
            [EnvironmentOptions.AuditFile] = "/var/log/audit.jsonl",
            [EnvironmentOptions.AuditKey] = "key",
            [EnvironmentOptions.AuditPreviousHash] = Hash,
            [EnvironmentOptions.AuditActor] = "ana",
            [EnvironmentOptions.AuditOnFailure] = "log",
        }).Audit;

        Assert.Equal(("/var/log/audit.jsonl", "key", Hash, "ana", AuditFailurePolicy.Log), (options.File, options.Key, options.PreviousHash, options.Actor, options.OnFailure));
    }

    [Fact]
    public void Configure_UnknownPolicy_IsRefused()
    {
        var e = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Configure(new() { [EnvironmentOptions.AuditOnFailure] = "shrug" }));

        Assert.Contains(EnvironmentOptions.AuditOnFailure, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OutOfRange_EachIsNamedAndTheKeyIsNotShown()
    {
        var options = new AuditOptions { Key = "hunter2-is-no-key", PreviousHash = "abc", Actor = "", File = " ", OnFailure = (AuditFailurePolicy)9 };

        var faults = options.Faults().ToList();

        Assert.Collection(
            faults,
            f => Assert.Contains("Audit.OnFailure is 9", f, StringComparison.Ordinal),
            f => Assert.Contains("Audit.Actor", f, StringComparison.Ordinal),
            f => Assert.Contains("Audit.File", f, StringComparison.Ordinal),
            f => Assert.Contains("Audit.Key (HYBRIDSTORE_AUDIT_KEY) is no key", f.Replace(" in the environment", "", StringComparison.Ordinal), StringComparison.Ordinal),
            f => Assert.Contains("Audit.PreviousHash", f, StringComparison.Ordinal));
        Assert.All(faults, f => Assert.DoesNotContain("hunter2", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_KeyWithoutAFile_IsNamed() =>
        Assert.Contains("Audit.File", Assert.Single(new AuditOptions { Key = AuditFixture.NewKey() }.Faults()), StringComparison.Ordinal);

    [Fact]
    public void Faults_OfWhatIsRight_None()
    {
        Assert.Empty(new AuditOptions().Faults());
        Assert.Empty(new AuditOptions { File = "a", Key = AuditFixture.NewKey(), PreviousHash = Hash, Actor = "ana", OnFailure = AuditFailurePolicy.Log }.Faults());
    }

    [Fact]
    public void Faults_AreThoseOfTheStoreToo()
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = AuditFixture.NewKey();
        options.Audit.PreviousHash = "abc";

        Assert.Contains("Audit.PreviousHash", Assert.Single(HybridAuthStoreOptionsValidation.Faults(options)), StringComparison.Ordinal);
    }

    private static HybridAuthStoreOptions Configure(Dictionary<string, string> variables)
    {
        var options = new HybridAuthStoreOptions();
        new EnvironmentOptions("", variables.GetValueOrDefault).Configure("", options);
        return options;
    }
}
