using System.Diagnostics;
using System.Text.Json;
using HybridStore.Cli.Tests;
using HybridStore.InMemory;
using HybridStore.Migration;
using HybridStore.PostgreSql;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;
using HybridStore.Sqlite;
using static HybridStore.SqlitePostgreSql.Tests.MovingBot;

namespace HybridStore.SqlitePostgreSql.Tests;

/// <summary>Sessions on their way between SQLite, PostgreSQL and Redis alone, while a bot writes them.</summary>
public sealed class MigrateTests : IAsyncDisposable
{
    private readonly Bench _bench = new();
    private readonly List<IAsyncDisposable> _open = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open))
            await open.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public async Task Run_FromMemoryToSqlite_IsTheSame()
    {
        var memory = Keep(new InMemoryColdTier());
        var sqlite = Keep(Sqlite(_bench.Database));
        var bot = Start(memory);
        await WriteAsync(bot, 0, 50);

        var report = await new ColdMigration(memory, sqlite, new ColdMigrationOptions { Switch = true }).RunAsync(Cancel);

        Assert.True(report.IsComplete, Describe(report));
        Assert.Equal(await ContentAsync(memory), await ContentAsync(sqlite));
        await using var opened = await Start(sqlite).OpenAsync(Session, Cancel);
        Assert.Equal(51, (await opened.CommitAsync(new AuthPatch().Set("session", "0", new byte[9]), Cancel)).Version);
    }

    [Fact]
    public async Task Run_SqliteToPostgreSqlAndBack_WhileABotWrites_LosesNothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        var sqlite = Keep(Sqlite(_bench.Database));
        var postgres = Keep(new PostgreSqlColdTier(database.ConnectionString));

        var there = await MoveAsync(sqlite, postgres, start: 0);
        var back = await MoveAsync(postgres, sqlite, start: there);

        await MustHaveAllAsync(sqlite, back);
    }

    [Fact]
    public async Task Run_SqliteToRedisAloneAndOnToPostgreSql_WhileABotWrites_LosesNothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await RedisServer.StartDurableAsync();
        var sqlite = Keep(Sqlite(_bench.Database));
        var redis = Keep(new RedisColdTier(server.ConnectionString, new RedisColdTierOptions { OperationTimeout = TimeSpan.FromSeconds(30) }));
        var postgres = Keep(new PostgreSqlColdTier(database.ConnectionString));

        var there = await MoveAsync(sqlite, redis, start: 0);
        await MustBeClosedAsync(sqlite);
        var on = await MoveAsync(redis, postgres, start: there);
        await MustBeClosedAsync(redis);
        var back = await MoveAsync(postgres, redis, start: on);

        await MustHaveAllAsync(redis, back);
        await MustBeClosedAsync(postgres);
    }

    [Fact]
    public async Task Tool_FromSqliteToRedisAloneAndBack_ComparesSwitchesAndSaysSo()
    {
        await using var server = await RedisServer.StartDurableAsync();
        var redis = $"redis:{server.ConnectionString}";
        await _bench.ImportAsync();
        var target = $"sqlite:{_bench.PathOf("target.db")}";

        var there = await _bench.RunAsync("migrate", "--from", $"sqlite:{_bench.Database}", "--to", redis, "--switch", "--json");
        var on = await _bench.RunAsync("migrate", "--from", redis, "--to", target, "--switch", "--json");

        Assert.Equal((0, 1, 175), (there.ExitCode, Told(there).GetProperty("switched").GetInt64(), Told(there).GetProperty("recordsCopied").GetInt64()));
        Assert.Equal((0, 1, 175), (on.ExitCode, Told(on).GetProperty("switched").GetInt64(), Told(on).GetProperty("recordsCopied").GetInt64()));
        (await _bench.RunAsync("export", _bench.PathOf("moved"), "--session", Bench.Session, "--cold", target)).Succeeded();
        Assert.Equal(Files(Bench.AuthInfo), Files(_bench.PathOf("moved")));
    }

    [Fact]
    public async Task Tool_FromSqliteToPostgreSql_ComparesSwitchesAndSaysSo()
    {
        await using var database = await TestDatabase.CreateAsync();
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-8/other");
        string[] migrate = ["migrate", "--from", $"sqlite:{_bench.Database}", "--to", database.Uri];

        var copied = await _bench.RunAsync([.. migrate, "--json"]);
        var switched = await _bench.RunAsync([.. migrate, "--switch", "--session", Bench.Session]);
        var rest = await _bench.RunAsync([.. migrate, "--switch", "--json"]);

        Assert.Equal((0, true, 2, 350), (copied.ExitCode, Told(copied).GetProperty("complete").GetBoolean(), copied.Json.GetProperty("copied").GetInt64(), copied.Json.GetProperty("recordsCopied").GetInt64()));
        Assert.Contains("hybridstore: copying, round 1", copied.Error, StringComparison.Ordinal);
        Assert.Equal(0, switched.ExitCode);
        Assert.StartsWith("clinic-7\treception\tswitched\t1\t1\t175\t", switched.Lines[0], StringComparison.Ordinal);
        Assert.Equal((0, 2, 0), (rest.ExitCode, Told(rest).GetProperty("switched").GetInt64(), Told(rest).GetProperty("recordsCopied").GetInt64()));
        Assert.DoesNotContain(Uri.UnescapeDataString(new Uri(database.Uri).UserInfo.Split(':')[1]) + "@", copied.Out + copied.Error + switched.Out + switched.Error, StringComparison.Ordinal);
        (await _bench.RunAsync("delete", "--session", "clinic-8/other", "--yes", "--cold", database.Uri)).Succeeded();
        (await _bench.RunAsync("verify", "--session", Bench.Session, "--cold", database.Uri)).Succeeded();
        (await _bench.RunAsync("export", _bench.PathOf("moved"), "--session", Bench.Session, "--cold", database.Uri)).Succeeded();
        Assert.Equal(Files(Bench.AuthInfo), Files(_bench.PathOf("moved")));
    }

    [Fact]
    public async Task Tool_DifferencePlantedInTheTarget_IsFound()
    {
        await using var database = await TestDatabase.CreateAsync();
        await _bench.ImportAsync();
        string[] migrate = ["migrate", "--from", $"sqlite:{_bench.Database}", "--to", database.Uri, "--json"];
        Assert.Equal(0, (await _bench.RunAsync(migrate)).ExitCode);
        await database.ExecuteAsync("UPDATE hybridstore.record SET envelope = set_byte(envelope, 60, get_byte(envelope, 60) # 1) WHERE type = 'pre-key' AND id = '11'");

        var run = await _bench.RunAsync([.. migrate, "--switch"]);

        Assert.Equal((1, false), (run.ExitCode, run.Json.GetProperty("complete").GetBoolean()));
        var session = Assert.Single(run.Json.GetProperty("sessions").EnumerateArray());
        var difference = Assert.Single(session.GetProperty("differences").EnumerateArray());
        Assert.Equal(
            ("different", "envelope", "pre-key", "11"),
            (session.GetProperty("outcome").GetString(), difference.GetProperty("kind").GetString(), difference.GetProperty("type").GetString(), difference.GetProperty("id").GetString()));
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    [Fact]
    public async Task Tool_KilledInTheMiddle_TheNextRunGoesOn()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var sqlite = Sqlite(_bench.Database))
        {
            var bot = Start(sqlite);
            for (var session = 0; session < 60; session++)
                await WriteAsync(bot, 0, 5, new AuthSessionId("clinic", $"{session:D2}"));
        }

        string[] migrate = ["migrate", "--from", $"sqlite:{_bench.Database}", "--to", database.Uri, "--switch", "--json"];

        // Killed when some sessions are there, wherever it is then.
        await KilledAsync(migrate, database);
        var run = await _bench.RunAsync([.. migrate, "--wait", "90"]);

        Assert.Equal((0, 60), (run.ExitCode, Told(run).GetProperty("switched").GetInt64()));
        await using var target = new PostgreSqlColdTier(database.ConnectionString);
        await using var source = Sqlite(_bench.Database);
        for (var session = 0; session < 60; session++)
        {
            var id = new AuthSessionId("clinic", $"{session:D2}");
            Assert.Equal(await ContentAsync(source, id), await ContentAsync(target, id));
        }
    }

    [Theory]
    [InlineData("--from", "sqlite:/nowhere/at/all.db", 1)]
    [InlineData("--from", "mysql:x", 2)]
    [InlineData("--wait", "soon", 2)]
    [InlineData("--wait", "5", 2)]
    public async Task Tool_WrongArguments_AreNamed(string option, string value, int exitCode)
    {
        string[] from = option == "--from" ? [] : ["--from", $"sqlite:{_bench.Database}"];

        var run = await _bench.RunAsync(["migrate", "--to", $"sqlite:{_bench.PathOf("target.db")}", option, value, .. from]);

        run.Failed(exitCode);
        Assert.False(File.Exists(_bench.PathOf("target.db")));
    }

    [Fact]
    public async Task Tool_OneDatabaseByTwoNames_IsRefused()
    {
        await _bench.ImportAsync();
        File.CreateSymbolicLink(_bench.PathOf("link"), _bench.Folder);

        (await _bench.RunAsync("migrate", "--from", $"sqlite:{_bench.Database}", "--to", $"sqlite:{_bench.PathOf("link")}/auth.db")).Failed(2, "same store");
    }

    private static SqliteColdTier Sqlite(string path) => new(new SqliteColdTierOptions { Path = path }, TimeProvider.System);

    private T Keep<T>(T tier)
        where T : IAsyncDisposable
    {
        _open.Add(tier);
        return tier;
    }

    private async Task KilledAsync(string[] arguments, TestDatabase database)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Join(AppContext.BaseDirectory, "HybridStore.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HYBRIDSTORE_MASTER_KEY"] = _bench.Environment["HYBRIDSTORE_MASTER_KEY"];
        using var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await using var target = new PostgreSqlColdTier(database.ConnectionString);
        while (!process.HasExited)
        {
            var there = 0;
            await foreach (var _ in target.ListSessionsAsync(null, Cancel))
                there++;
            if (there >= 20)
                break;
        }

        process.Kill();
        await process.WaitForExitAsync(Cancel);
        Assert.NotEqual(0, process.ExitCode);
    }

    /// <summary>What a run that succeeded says; one that did not fails with its own words.</summary>
    private static JsonElement Told(ToolRun run)
    {
        Assert.True(run.ExitCode == 0, $"Exit code {run.ExitCode}: {run.Out}{run.Error}");
        return run.Json;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}");
}
