using System.Diagnostics;
using HybridStore.Cli.Tests;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Migration;
using HybridStore.PostgreSql;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.SqlitePostgreSql.Tests;

/// <summary>Sessions on their way between SQLite and PostgreSQL, while a bot writes them.</summary>
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

        await using var opened = await Start(sqlite).OpenAsync(Session, Cancel);
        Assert.False(opened.IsRolledBack);
        Assert.Equal(back, (await sqlite.ReadAsync(Session, [], false, Cancel)).Head!.Version);
        var expected = new Dictionary<long, byte[]>();
        for (var version = 1L; version <= back; version++)
        {
            expected[(version - 1) % Ids] = ValueOf(version);
            if (version % 7 == 0)
                expected.Remove(version % Ids);
        }

        for (var i = 0; i < Ids; i++)
            Assert.Equal(expected.GetValueOrDefault(i, []), (await opened.GetAsync("session", [$"{i}"], Cancel)).Single().Value.ToArray());
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

        Assert.Equal((0, true, 2, 350), (copied.ExitCode, copied.Json.GetProperty("complete").GetBoolean(), copied.Json.GetProperty("copied").GetInt64(), copied.Json.GetProperty("recordsCopied").GetInt64()));
        Assert.Contains("hybridstore: copying, round 1", copied.Error, StringComparison.Ordinal);
        Assert.Equal(0, switched.ExitCode);
        Assert.StartsWith("clinic-7\treception\tswitched\t1\t1\t175\t", switched.Lines[0], StringComparison.Ordinal);
        Assert.Equal((0, 2, 0), (rest.ExitCode, rest.Json.GetProperty("switched").GetInt64(), rest.Json.GetProperty("recordsCopied").GetInt64()));
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

        Assert.Equal((0, 60), (run.ExitCode, run.Json.GetProperty("switched").GetInt64()));
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

    private const int Ids = 40;

    private static AuthSessionId Session { get; } = new("clinic", "reception");

    private static string MasterKey { get; } = Bench.NewKey();

    private static SqliteColdTier Sqlite(string path) => new(new SqliteColdTierOptions { Path = path }, TimeProvider.System);

    private T Keep<T>(T tier)
        where T : IAsyncDisposable
    {
        _open.Add(tier);
        return tier;
    }

    private static HybridAuthStore Start(IColdTier cold)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.AcquireTimeout = TimeSpan.FromMinutes(1);
        return new HybridAuthStore(cold, hot: null, options);
    }

    // Version v writes the record (v - 1) % Ids; every seventh also deletes the one that is written next.
    private static byte[] ValueOf(long version) => [(byte)version, (byte)(version >> 8), .. new byte[200]];

    private static async Task WriteAsync(HybridAuthStore bot, long from, long to, AuthSessionId? session = null)
    {
        for (var version = from + 1; version <= to; version++)
            await bot.CommitAsync(session ?? Session, Patch(version), Cancel);
    }

    private static AuthPatch Patch(long version)
    {
        var patch = new AuthPatch().Set("session", $"{(version - 1) % Ids}", ValueOf(version));
        return version % 7 == 0 ? patch.Delete("session", $"{version % Ids}") : patch;
    }

    /// <summary>Moves the session while a bot holds and writes it, which closes it in the end.</summary>
    /// <returns>The last version that the bot was told.</returns>
    private static async Task<long> MoveAsync(IColdTier from, IColdTier to, long start)
    {
        var version = start;
        if (version == 0)
            await WriteAsync(Start(from), 0, version = 20);
        var bot = await Start(from).OpenAsync(Session, Cancel);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    version++;
                    Assert.Equal(version, (await bot.CommitAsync(Patch(version), Cancel)).Version);
                }
            },
            Cancel);
        var held = await new ColdMigration(from, to, new ColdMigrationOptions { Switch = true }).RunAsync(Cancel);
        Assert.Equal(MigrationOutcome.Held, Assert.Single(held.Sessions).Outcome);
        var moving = new ColdMigration(from, to, new ColdMigrationOptions { Switch = true, SwitchTimeout = Timeout.InfiniteTimeSpan, PollInterval = TimeSpan.FromMilliseconds(20) }).RunAsync(Cancel);
        await stop.CancelAsync();
        await writing;
        await bot.DisposeAsync();
        var report = await moving;
        Assert.True(report.IsComplete, Describe(report));
        Assert.Equal(version, report.Sessions[0].Version);
        Assert.Equal(await ContentAsync(from), await ContentAsync(to));
        return version;
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

    private static string Describe(ColdMigrationReport report) =>
        string.Join('\n', report.Sessions.Select(s => $"{s.Id} {s.Outcome} {s.Version} {s.Holder} {string.Join(", ", s.Differences)}"));

    private static async Task<string> ContentAsync(IColdTier tier, AuthSessionId? session = null)
    {
        var id = session ?? Session;
        var read = await tier.ReadAsync(id, [], withDataKeys: true, Cancel);
        var lines = new List<string>
        {
            $"{read.Head?.Incarnation} {read.Head?.Version} {read.Head?.RolledBackAt} {read.LastEndedIncarnation}",
            string.Join(' ', read.DataKeys.Select(k => $"{k.Id}:{Convert.ToHexString(k.Bytes.Span)}")),
            string.Join(' ', read.Commits.Select(c => $"{c.Version}:{c.Id}")),
        };
        await foreach (var record in tier.EnumerateAsync(id, null, Cancel))
            lines.Add($"{record.Key} {record.Version} {Convert.ToHexString(record.Envelope.Span)}");
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}");
}
