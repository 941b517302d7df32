using HybridStore.Cli.Tests;
using HybridStore.Codec;
using HybridStore.Migration;
using HybridStore.Tiers;

namespace HybridStore.SqlitePostgreSql.Tests;

/// <summary>A bot that writes one session, whose every version can be told from its number, and that is moved from store to store.</summary>
internal static class MovingBot
{
    private const int Ids = 40;

    private static readonly string MasterKey = Bench.NewKey();

    public static AuthSessionId Session { get; } = new("clinic", "reception");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A process with its own store over a tier, which stays the test's, and no hot tier.</summary>
    public static HybridAuthStore Start(IColdTier cold)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.AcquireTimeout = TimeSpan.FromMinutes(1);
        return new HybridAuthStore(cold, hot: null, options);
    }

    public static async Task WriteAsync(HybridAuthStore store, long from, long to, AuthSessionId? session = null)
    {
        for (var version = from + 1; version <= to; version++)
            await store.CommitAsync(session ?? Session, Patch(version), Cancel);
    }

    /// <summary>Moves the session while a bot holds and writes it, which closes it in the end.</summary>
    /// <returns>The last version that the bot was told.</returns>
    public static async Task<long> MoveAsync(IColdTier from, IColdTier to, long start)
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

    /// <summary>Opens the session where it is now, and finds every record as the last version has left it.</summary>
    public static async Task MustHaveAllAsync(IColdTier cold, long last)
    {
        await using var opened = await Start(cold).OpenAsync(Session, Cancel);
        Assert.False(opened.IsRolledBack);
        Assert.Equal(last, (await cold.ReadAsync(Session, [], false, Cancel)).Head!.Version);
        var expected = new Dictionary<long, byte[]>();
        for (var version = 1L; version <= last; version++)
        {
            expected[(version - 1) % Ids] = ValueOf(version);
            if (version % 7 == 0)
                expected.Remove(version % Ids);
        }

        for (var i = 0; i < Ids; i++)
        {
            var record = (await opened.GetAsync("session", [$"{i}"], Cancel)).Single();
            Assert.Equal(expected.GetValueOrDefault(i), record.Exists ? record.Value.ToArray() : null);
        }
    }

    /// <summary>A bot of the store that the session was moved away from is kept out.</summary>
    public static async Task MustBeClosedAsync(IColdTier cold) =>
        await Assert.ThrowsAsync<FencedException>(async () => await Start(cold).CommitAsync(Session, Patch(1), Cancel));

    /// <summary>Everything that a tier has of a session, but its epoch and its times.</summary>
    public static async Task<string> ContentAsync(IColdTier tier, AuthSessionId? session = null)
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

    public static string Describe(ColdMigrationReport report) =>
        string.Join('\n', report.Sessions.Select(s => $"{s.Id} {s.Outcome} {s.Version} {s.Holder} {string.Join(", ", s.Differences)}"));

    // Version v writes the record (v - 1) % Ids; every seventh also deletes the one that is written next.
    private static byte[] ValueOf(long version) => [(byte)version, (byte)(version >> 8), .. new byte[200]];

    private static AuthPatch Patch(long version)
    {
        var patch = new AuthPatch().Set("session", $"{(version - 1) % Ids}", ValueOf(version));
        return version % 7 == 0 ? patch.Delete("session", $"{version % Ids}") : patch;
    }
}
