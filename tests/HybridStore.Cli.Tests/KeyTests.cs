using HybridStore.Codec;

namespace HybridStore.Cli.Tests;

public sealed class KeyTests : IDisposable
{
    private readonly Bench _bench = new();

    public static TheoryData<string> StoreCommands { get; } =
    [
        "list",
        "show --session clinic-7/reception",
        "verify --session clinic-7/reception",
        "delete --session clinic-7/reception --yes",
        "import anywhere --session clinic-7/reception",
        "export anywhere --session clinic-7/reception",
    ];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Keygen_Always_PrintsOneFreshKeyAndNothingElse()
    {
        _bench.Environment.Clear();

        var first = (await _bench.RunAsync("keygen")).Succeeded();
        var second = (await _bench.RunAsync("keygen")).Succeeded();

        Assert.Equal(45, first.Out.Length);
        MasterKey.Parse(first.Out).Dispose();
        Assert.NotEqual(first.Out, second.Out);
    }

    [Fact]
    public async Task Keygen_Json_HasTheKeyAndItsId()
    {
        var json = (await _bench.RunAsync("keygen", "--json")).Succeeded().Json;

        using var key = MasterKey.Parse(json.GetProperty("key").GetString());
        Assert.Equal(key.Id, json.GetProperty("id").GetString());
    }

    [Theory]
    [MemberData(nameof(StoreCommands))]
    public async Task AnyCommand_WithoutKey_SaysHowToMakeOne(string command)
    {
        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = null;

        var run = (await _bench.RunAsync([.. command.Split(' '), "--json"])).Failed(1, "HYBRIDSTORE_MASTER_KEY", "hybridstore keygen");

        Assert.Equal(("masterKey", "missing"), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("fault").GetString()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Folder));
    }

    [Theory]
    [InlineData("correct horse battery staple", "passphrase")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "placeholder")]
    public async Task Import_WithWhatIsNoKey_Refuses(string key, string reason)
    {
        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = key;

        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session)).Failed(1, "HYBRIDSTORE_MASTER_KEY", reason);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Folder));
    }

    [Fact]
    public async Task Verify_WithAnotherKey_IsTheKeysFaultAndNotTheRecords()
    {
        await _bench.ImportAsync();
        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = Bench.NewKey();

        var run = (await _bench.RunAsync("verify", "--session", Bench.Session, "--json")).Failed(3, "175 of the 175 records");

        Assert.Equal((0L, 175L), (run.Json.GetProperty("damagedRecords").GetInt64(), run.Json.GetProperty("lockedRecords").GetInt64()));
        Assert.Equal("wrongMasterKey", Assert.Single(run.Json.GetProperty("faults").EnumerateArray()).GetProperty("fault").GetString());
        Assert.All(run.Json.GetProperty("notOpened").EnumerateArray(), r => Assert.False(r.GetProperty("damaged").GetBoolean()));
    }

    [Fact]
    public async Task Export_WithAnotherKey_FailsAndMakesNoFolder()
    {
        await _bench.ImportAsync();
        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = Bench.NewKey();

        (await _bench.RunAsync("export", _bench.PathOf("exported"), "--session", Bench.Session)).Failed(1, "master key");

        Assert.False(Directory.Exists(_bench.PathOf("exported")));
    }

    [Theory]
    [InlineData("--master-key", "{0}")]
    [InlineData("--master-key={0}")]
    [InlineData("{0}")]
    public async Task AnyCommand_WithTheKeyAsArgument_RefusesWithoutRepeatingIt(params string[] arguments)
    {
        var key = _bench.Environment["HYBRIDSTORE_MASTER_KEY"]!;

        var run = await _bench.RunAsync(["list", .. arguments.Select(a => a.Replace("{0}", key, StringComparison.Ordinal))]);

        run.Failed(2); // Every run is searched for the key.
    }
}
