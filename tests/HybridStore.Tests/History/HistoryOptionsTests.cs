using System.Reflection;
using HybridStore.Codec;
using HybridStore.DependencyInjection;
using HybridStore.InMemory;
using HybridStore.Tiers;
using Microsoft.Extensions.Options;

namespace HybridStore.Tests.History;

public sealed class HistoryOptionsTests
{
    [Fact]
    public void Retention_NothingIsSet_IsNone() => Assert.Null(new HistoryOptions().Retention);

    [Fact]
    public void Retention_EitherIsSet_SaysItAndTheTypesThatAreNotTakenUpAgain()
    {
        var retention = new HistoryOptions { MaxVersions = 3 }.Retention!;

        Assert.Equal((3, null), (retention.MaxVersions, retention.Period));
        Assert.Equal(["session", "sender-key", "sender-key-memory", "device-list"], retention.ExceptTypes);
        Assert.Equal((null, TimeSpan.FromDays(1)), (new HistoryOptions { Period = TimeSpan.FromDays(1) }.Retention!.MaxVersions, new HistoryOptions { Period = TimeSpan.FromDays(1) }.Retention!.Period));
    }

    [Fact]
    public void Environment_Variables_AreRead()
    {
        var options = new HybridAuthStoreOptions();
        var variables = new Dictionary<string, string?> { ["HYBRIDSTORE_HISTORY_MAX_VERSIONS"] = "12", ["HYBRIDSTORE_HISTORY_PERIOD"] = "7.00:00:00" };

        new EnvironmentOptions(Options.DefaultName, variables.GetValueOrDefault).Configure(options);

        Assert.Equal((12, TimeSpan.FromDays(7)), (options.History.MaxVersions, options.History.Period));
    }

    [Theory]
    [InlineData("HYBRIDSTORE_HISTORY_MAX_VERSIONS", "many")]
    [InlineData("HYBRIDSTORE_HISTORY_PERIOD", "long")]
    public void Environment_VariableIsNotUnderstood_IsNamed(string variable, string value)
    {
        var configure = new EnvironmentOptions(Options.DefaultName, v => v == variable ? value : null);

        Assert.Contains(variable, Assert.Throws<OptionsValidationException>(() => configure.Configure(new HybridAuthStoreOptions())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, "History.MaxVersions")]
    [InlineData(10_001, null, "History.MaxVersions")]
    [InlineData(null, 59, "History.Period")]
    [InlineData(null, 315_360_001, "History.Period")]
    [InlineData(1, 60, null)]
    [InlineData(10_000, 315_360_000, null)]
    public void Validate_OutOfRange_IsNamed(int? versions, int? seconds, string? named)
    {
        var options = Valid();
        options.History.MaxVersions = versions;
        options.History.Period = seconds is { } s ? TimeSpan.FromSeconds(s) : null;

        var faults = HybridAuthStoreOptionsValidation.Faults(options).ToList();

        if (named is null)
            Assert.Empty(faults);
        else
            Assert.StartsWith(named, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TierKeepsNoHistory_IsRefusedAndNamesIt()
    {
        var options = Valid();
        options.History.MaxVersions = 3;
        await using var store = new HybridAuthStore(WithoutHistory.Create(), hot: null, options);

        var e = await Assert.ThrowsAsync<StoreUnusableException>(async () => await store.InitializeAsync(TestContext.Current.CancellationToken));

        Assert.Equal(("memory", StoreUnusableReason.NoHistory), (e.Tier, e.Reason));
        Assert.Contains("memory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_TierKeepsNoHistory_IsRefused()
    {
        await using var store = new HybridAuthStore(WithoutHistory.Create(), hot: null, Valid());
        await store.InitializeAsync(TestContext.Current.CancellationToken);
        var session = new AuthSessionId("t", "s");

        Assert.Equal(StoreUnusableReason.NoHistory, (await Assert.ThrowsAsync<StoreUnusableException>(async () => await store.History.RollbackAsync(session, 1, TestContext.Current.CancellationToken))).Reason);
        Assert.Equal(
            StoreUnusableReason.NoHistory,
            (await Assert.ThrowsAsync<StoreUnusableException>(async () =>
            {
                await foreach (var _ in store.History.ListAsync(session, TestContext.Current.CancellationToken))
                    Assert.Fail("There is none.");
            })).Reason);
    }

    private static HybridAuthStoreOptions Valid()
    {
        using var key = MasterKey.Generate();
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = key.ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        return options;
    }

    /// <summary>A tier of somebody who does not know that there is such a thing.</summary>
    public class WithoutHistory : DispatchProxy
    {
        private readonly InMemoryColdTier _tier = new();

        public static IColdTier Create() => Create<IColdTier, WithoutHistory>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == "get_History" ? null : targetMethod.Invoke(_tier, args);
    }
}
