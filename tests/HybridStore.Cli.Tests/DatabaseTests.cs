using System.Text;

namespace HybridStore.Cli.Tests;

public sealed class DatabaseTests : IDisposable
{
    private readonly Bench _bench = new();

    public static TheoryData<string> CommandsThatNeverCreate { get; } =
    [
        "list",
        "show --session clinic-7/reception",
        "verify --session clinic-7/reception",
        "delete --session clinic-7/reception --yes",
        "export anywhere --session clinic-7/reception",
    ];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(CommandsThatNeverCreate))]
    public async Task AnyCommandButImport_MissingDatabase_NamesItAndDoesNotCreateIt(string command)
    {
        var run = (await _bench.RunAsync([.. command.Split(' '), "--json"])).Failed(1, _bench.Database);

        Assert.Equal(("storeUnusable", "notFound"), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("fault").GetString()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Folder));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("import")]
    public async Task AnyCommand_FileThatIsNoDatabase_IsRefusedAndUnchanged(string command)
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("These are my notes.\n", 500)));
        await File.WriteAllBytesAsync(_bench.Database, content, TestContext.Current.CancellationToken);

        var run = command == "list"
            ? await _bench.RunAsync("list", "--json")
            : await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--json");

        run.Failed(1, _bench.Database);
        Assert.Equal(("storeUnusable", "notOurs"), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("fault").GetString()));
        Assert.Equal(content, await File.ReadAllBytesAsync(_bench.Database, TestContext.Current.CancellationToken));
        Assert.Single(Directory.EnumerateFileSystemEntries(_bench.Folder));
    }

    [Fact]
    public async Task List_PathIsAFolder_IsNamed()
    {
        (await _bench.RunAsync("list", "--cold", $"sqlite:{_bench.Folder}")).Failed(1, _bench.Folder);
    }

    [Fact]
    public async Task List_SettingOutOfRange_IsNamed()
    {
        await _bench.ImportAsync();
        _bench.Environment["HYBRIDSTORE_CIPHER"] = "rot13";

        var run = (await _bench.RunAsync("list", "--json")).Failed(2, "HYBRIDSTORE_CIPHER");

        Assert.Equal("options", run.JsonError.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Failure_WithDebug_ShowsTheStack()
    {
        _bench.Environment["HYBRIDSTORE_DEBUG"] = "1";

        var run = await _bench.RunAsync("list");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("   at HybridStore.", run.Error, StringComparison.Ordinal);
    }
}
