using System.Diagnostics;
using System.Globalization;
using HybridStore.Codec;
using HybridStore.Redis.Tests.Support;
using HybridStore.RedisSqlite.CrashChild;
using Microsoft.Data.Sqlite;
using Xunit.Sdk;

namespace HybridStore.RedisSqlite.Tests.Crash;

/// <summary>
/// A bot, its Redis, and both at once are killed with SIGKILL at random moments, now and then while the database is locked by somebody else so that much is queued.
/// More kills: <c>HYBRIDSTORE_QUEUE_KILLS=2000</c>; the same choices again: <c>HYBRIDSTORE_QUEUE_SEED</c> as the failure says it (when the kills strike is the machine's choice too).
/// </summary>
public sealed class QueueCrashTests : IDisposable
{
    private const int Kills = 30;
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(300);

    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-queue-").FullName;
    private readonly string _masterKey = MasterKey.Generate().ToBase64();
    private readonly QueueLedger _ledger = new();
    private Random _random = Random.Shared;

    private enum Victim
    {
        Bot,
        Redis,
        Both,
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_folder, "store.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task BotAndRedis_AreKilled_NothingAcknowledgedIsLost()
    {
        var kills = Setting("HYBRIDSTORE_QUEUE_KILLS") ?? Kills;
        var seed = Setting("HYBRIDSTORE_QUEUE_SEED") ?? Random.Shared.Next();
        _random = new Random(seed);
        await using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "everysec");
        var done = new int[3];
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                var victim = (Victim)_random.Next(3);
                done[(int)victim]++;
                await RunAndKillAsync(redis, victim, locked: _random.Next(2) == 0);
                await using var store = QueueCommitters.Open(Database, redis.ConnectionString, _masterKey);
                await _ledger.CheckAsync(store, mayBeDoubtful: victim == Victim.Both, Cancel);
            }
        }
        catch (XunitException e)
        {
            throw new XunitException($"HYBRIDSTORE_QUEUE_SEED={seed}: {e.Message}", e);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{done[0]} bots killed, {done[1]} times Redis, {done[2]} times both: {_ledger.Acknowledged} commits acknowledged, none lost; {_ledger.RolledBack} sessions said that they might have");
        Assert.True(_ledger.Acknowledged > kills);
    }

    private async Task RunAndKillAsync(RedisServer redis, Victim victim, bool locked)
    {
        using var process = Start(redis);
        var child = new HeardProcess(process);
        try
        {
            await HearAsync(child, _random.Next(1, 120));
            if (locked)
            {
                using var other = new SqliteConnection($"Data Source={Database};Pooling=False");
                other.Open();
                Execute(other, "BEGIN IMMEDIATE");

                // What is queued now is in hot only. Sooner or later every committer waits for the database, so this is no wait for a number of lines.
                for (var i = _random.Next(1, 60); i > 0 && await child.HearAsync(LockPatience, Cancel) is { } line; i--)
                    _ledger.Note(line);
                await KillAsync(redis, process, victim);
                Execute(other, "ROLLBACK");
            }
            else
            {
                await KillAsync(redis, process, victim);
            }

            // Until each session has queued again, and so vouched for the new run: from then on there is nothing to doubt.
            if (victim == Victim.Redis)
            {
                var since = TimeProvider.System.GetUtcNow().UtcTicks;
                var silent = QueueWorkload.AllSessions.ToHashSet();
                while (silent.Count > 0)
                {
                    var words = (await HearAsync(child)).Split(' ');
                    if (words is [_, _, _, nameof(CommitOutcome.Queued), var begun] && long.Parse(begun, CultureInfo.InvariantCulture) > since)
                        silent.Remove(QueueWorkload.SessionOf(int.Parse(words[0], CultureInfo.InvariantCulture)));
                }
            }
        }
        finally
        {
            process.Kill();
        }

        while (await child.HearAsync(Timeout.InfiniteTimeSpan, Cancel) is { } late)
            _ledger.Note(late);
        await process.WaitForExitAsync(Cancel);
        if (victim == Victim.Both)
            await redis.StartAgainAsync();
    }

    private async Task KillAsync(RedisServer redis, Process child, Victim victim)
    {
        Thread.SpinWait(_random.Next(200_000));
        if (victim == Victim.Bot || (victim == Victim.Both && _random.Next(2) == 0))
            child.Kill();
        if (victim != Victim.Bot)
            await redis.KillAsync();
        if (victim == Victim.Both)
            child.Kill();
        if (victim == Victim.Redis)
            await redis.StartAgainAsync();
    }

    private async Task HearAsync(HeardProcess child, int lines)
    {
        for (; lines > 0; lines--)
            await HearAsync(child);
    }

    private async Task<string> HearAsync(HeardProcess child)
    {
        var line = await child.HearAsync(Timeout.InfiniteTimeSpan, Cancel) ?? throw new InvalidOperationException("The child ended by itself; its error is above.");
        _ledger.Note(line);
        return line;
    }

    private Process Start(RedisServer redis)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "HybridStore.RedisSqlite.CrashChild.dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, Database, redis.ConnectionString, _masterKey]) { RedirectStandardOutput = true })!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 60;
        command.ExecuteNonQuery();
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
