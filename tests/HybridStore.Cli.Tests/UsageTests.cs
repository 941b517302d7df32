namespace HybridStore.Cli.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly Bench _bench = new() { StartsProcesses = true };

    public static TheoryData<string[], string> WrongUsage { get; } = new()
    {
        { [], "--help" },
        { ["frobnicate"], "frobnicate" },
        { ["list", "--frobnicate"], "--frobnicate" },
        { ["list", "extra"], "extra" },
        { ["show"], "--session" },
        { ["show", "--session"], "--session" },
        { ["show", "--session", "no-slash"], "TENANT/SESSION" },
        { ["show", "--session", "/empty-tenant"], "tenant is empty" },
        { ["show", "--session", "empty-session/"], "session name is empty" },
        { ["show", "--session", "a/b", "--tenant", ""], "tenant is empty" },
        { ["show", "--session", "a/b", "--session", "c/d"], "--session" },
        { ["show", "--session", "a/b", "--tenant", "c", "--tenant", "d"], "--tenant" },
        { ["show", "--session", "a/b", "--json=maybe"], "maybe" },
        { ["delete", "--session", "a/b", "--yes=no"], "no" },
        { ["delete", "--session", "a/b", "--yes", "no"], "no" },
        { ["list", "--cold", "sqlite:a.db", "--cold", "sqlite:b.db"], "--cold" },
        { ["list", "--tenant", ""], "tenant" },
        { ["import", "--session", "a/b"], "import" },
        { ["import", "", "--session", "a/b"], "folder" },
        { ["list", "--cold", "hybridstore.db"], "sqlite:" },
        { ["list", "--cold", "memcached:localhost"], "redis:CONNECTION" },
        { ["list", "--cold", "redis:localhost,nonsense=hunter2"], "Redis connection string" },
        { ["import", "anywhere", "--session", "a/b", "--cold", "sqlite::memory:"], ":memory:" },
        { ["list", "--hot", "redis"], "redis:CONNECTION" },
        { ["list", "--hot", "memcached:localhost"], "memcached" },
        { ["list", "--hot", "redis:localhost", "password=hunter2"], "(a password)" },
        { ["outbox"], "hybridstore outbox --help" },
        { ["outbox", "list"], "--hot redis:CONNECTION" },
        { ["outbox", "show", "--session", "a/b", "--hot", "memory"], "--hot redis:CONNECTION" },
        { ["outbox", "reconcile", "--hot", "none"], "--hot redis:CONNECTION" },
        { ["outbox", "discard", "--session", "a/b", "--yes"], "--version" },
        { ["list", "@arguments.txt"], "@arguments.txt" },
        { ["keygen", "--cold", "sqlite:x.db"], "--cold" },
    };

    public static TheoryData<string> Commands { get; } = ["import", "export", "list", "show", "verify", "delete", "keygen", "outbox", "quarantine", "doctor", "acknowledge", "accept"];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public async Task AnyCommand_WrongUsage_ExitsWith2AndSaysWhat(string[] arguments, string mention)
    {
        var run = (await _bench.RunAsync(arguments)).Failed(2, mention);

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Folder));
    }

    [Fact]
    public async Task AnyCommand_WrongUsageWithJson_IsADocument()
    {
        var run = (await _bench.RunAsync("--json", "show", "--session", "no-slash")).Failed(2);

        Assert.Equal("usage", run.JsonError.GetProperty("type").GetString());
        Assert.False(run.JsonError.GetProperty("transient").GetBoolean());
        Assert.Contains("TENANT/SESSION", run.JsonError.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_WrongColdInTheEnvironment_DoesNotShowIt()
    {
        _bench.Environment["HYBRIDSTORE_COLD"] = "mysql://bot:hunter2@localhost/bots";

        var run = (await _bench.RunAsync("list")).Failed(2, "HYBRIDSTORE_COLD", "mysql");

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_UnknownKindOfStore_NamesThoseThatAreKnown()
    {
        var run = (await _bench.RunAsync("list", "--cold", "mysql://root:hunter2@localhost/bots")).Failed(2, "'mysql'", "sqlite:PATH", "postgresql://", "mongodb://", "redis:");

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mongodb")]
    [InlineData("mongodb+srv")]
    public async Task AnyCommand_StoreWhoseDriverWasNotThereAtTheBuild_SaysSo(string scheme)
    {
        Assert.SkipWhen(Type.GetType("HybridStore.MongoDb.MongoDbColdTierFactory, HybridStore.MongoDb") is not null, "The driver of MongoDB is there.");

        var run = (await _bench.RunAsync("list", "--cold", $"{scheme}://root:hunter2@localhost/bots")).Failed(2, "MongoDB", "MongoDB.Driver");

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis:localhost,nonsense=hunter2")]
    [InlineData("redis:password=hunter2")]
    public async Task AnyCommand_WrongConnectionString_DoesNotShowIt(string hot)
    {
        await _bench.ImportAsync();
        _bench.Environment["HYBRIDSTORE_HOT"] = hot;

        var run = (await _bench.RunAsync("list")).Failed(2, "Redis connection string");

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_SlashInTheName_TenantEndsAtTheFirst()
    {
        await _bench.ImportAsync("a/b/c");

        var json = (await _bench.RunAsync("list", "--json")).Succeeded().Json;

        Assert.Equal(("a", "b/c"), (json[0].GetProperty("tenant").GetString(), json[0].GetProperty("session").GetString()));
    }

    [Fact]
    public async Task Help_OfTheTool_NamesCommandsEnvironmentAndExitCodes()
    {
        var help = (await _bench.RunAsync("--help")).Succeeded().Out;

        foreach (var command in Commands)
            Assert.Matches($"\n  {command.Data} ", help);
        Assert.Contains("HYBRIDSTORE_MASTER_KEY", help, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 done", help, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfACommand_SaysWhatItDoesAndTakes(string command)
    {
        _bench.Environment.Clear();

        var help = (await _bench.RunAsync(command, "--help")).Succeeded().Out;

        Assert.Matches($"^Description:\n  [A-Z].+\\.\n\nUsage:\n  hybridstore {command} ", help);
        Assert.Contains("--json", help, StringComparison.Ordinal);
        if (command is not ("keygen" or "outbox" or "quarantine"))
            Assert.Contains("--cold <URI>", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_Always_IsOneLine()
    {
        Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+[^\n]*\n$", (await _bench.RunAsync("--version")).Succeeded().Out);
    }
}
