using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest.Report;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Rows;

/// <summary>
/// A message to 500 devices: the reads of their sessions, one after the other as Baileys makes them, and the one commit of all. The reads of devices that the bot has read before, the first reads of
/// devices that no tier but the database has, and the commit are three rows, since each costs something else.
/// </summary>
internal static class BroadcastRows
{
    private const int Line = 9;
    private const int Devices = 500;
    private const int Repeats = 20;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(LoadServers servers, bool full)
    {
        var options = new TraceOptions { Kind = TraceKind.Broadcast, Profile = Profile.Medium, Devices = Devices };
        var sessions = new Trace(options).Models[0].Sessions;
        var keys = sessions.Take(Devices).ToArray();
        await using var hybrid = await LoadedSession.OpenAsync(TargetCatalog.RedisPostgreSql, options, servers);
        await using var raw = await LoadedSession.OpenAsync("raw redis", options, servers);
        await using var rawPersisted = await LoadedSession.OpenAsync("raw redis+postgresql", options, servers);
        await ReadAsync(hybrid.Session, keys);
        for (var i = 0; i < 200; i++)
            await ReadAsync(hybrid.Session, keys);
        await ReadAsync(raw.Session, keys);
        var (time, rawTime, ratio) = await Turns.RunAsync(
            full ? 41 : 15,
            async () => await Turns.TimeAsync(() => ReadAsync(hybrid.Session, keys, Repeats)) / Repeats,
            () => Turns.TimeAsync(() => ReadAsync(raw.Session, keys)));

        // Each message goes to the devices after those of the last: while there are any that were not read before, the reads go through all tiers. The first messages only warm up.
        await PlayAsync(2, hybrid, raw, rawPersisted);
        var (first, rawFirst, firstRatio) = await Turns.RunAsync(
            (sessions.Count / Devices) - 2,
            async () => (await hybrid.TimeAsync()).Reads,
            async () => (await raw.TimeAsync()).Reads);

        // The last of them have their turn, and then the holder has all, as a bot that has sent to its list once: what is left is the commit.
        await PlayAsync(1, hybrid, raw);
        var (commit, rawCommit, commitRatio) = await Turns.RunAsync(
            full ? 21 : 9,
            async () => (await hybrid.TimeAsync()).Commits,
            async () => (await rawPersisted.TimeAsync()).Commits);
        var volatileCommits = new List<double>();
        for (var i = 0; i < (full ? 21 : 9); i++)
            volatileCommits.Add((await raw.TimeAsync()).Commits);
        return
        [
            BenchRow.AtLeast(Line, "broadcast to 500 devices, warm: time of 500 raw HGETs one after another", ratio, "x time", 20, $"{Units.Time(time)} for 500 reads, and {Units.Time(rawTime)}"),
            BenchRow.Told(
                Line, "broadcast to 500 devices, the persisted commit of 500 records: time of 500 raw upserts in PostgreSQL and an HMSET", commitRatio, "x time",
                $"{Units.Time(commit)}, and {Units.Time(rawCommit)}; the HMSET alone, which persists nothing, {Units.Time(Turns.Median(volatileCommits))}"),
            BenchRow.Told(
                Line, "broadcast to 500 devices that only PostgreSQL has, reads one after another, each a miss in Redis, a read of PostgreSQL and a fill of Redis: time of 500 raw HGETs that find the record",
                firstRatio, "x time", $"{Units.Time(first)}, and {Units.Time(rawFirst)}"),
        ];
    }

    private static async Task PlayAsync(int messages, params LoadedSession[] all)
    {
        foreach (var session in all)
            await session.PlayAsync(messages);
    }

    private static async Task ReadAsync(ITargetSession session, AuthKey[] keys, int repeats = 1)
    {
        for (; repeats > 0; repeats--)
        {
            foreach (var key in keys)
            {
                if (await session.GetAsync(key) is null)
                    throw new InvalidOperationException($"{key} is not there.");
            }
        }
    }
}
