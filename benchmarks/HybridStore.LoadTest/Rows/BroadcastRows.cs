using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest.Report;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Rows;

/// <summary>The reads of a message to 500 devices whose sessions the bot has read before, one after the other as Baileys makes them, and 500 HGETs of the raw client, one after the other too.</summary>
internal static class BroadcastRows
{
    private const int Line = 9;
    private const int Devices = 500;
    private const int Repeats = 20;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(LoadServers servers, bool full)
    {
        var options = new TraceOptions { Kind = TraceKind.Broadcast, Profile = Profile.Medium, Devices = Devices };
        var keys = new Trace(options).Models[0].Sessions.Take(Devices).ToArray();
        await using var hybrid = await LoadedSession.OpenAsync(TargetCatalog.RedisPostgreSql, options, servers);
        await using var raw = await LoadedSession.OpenAsync("raw redis", options, servers);
        await ReadAsync(hybrid.Session, keys);
        for (var i = 0; i < 200; i++)
            await ReadAsync(hybrid.Session, keys);
        await ReadAsync(raw.Session, keys);
        var (time, rawTime, ratio) = await Turns.RunAsync(
            full ? 41 : 15,
            async () => await Turns.TimeAsync(() => ReadAsync(hybrid.Session, keys, Repeats)) / Repeats,
            () => Turns.TimeAsync(() => ReadAsync(raw.Session, keys)));

        // The whole message, with the one commit of all 500 that follows: devices that were not read before, so the reads come from Redis or PostgreSQL.
        await hybrid.PlayAsync(2);
        await raw.PlayAsync(2);
        var (whole, rawWhole, wholeRatio) = await Turns.RunAsync(full ? 11 : 5, () => Turns.TimeAsync(() => hybrid.PlayAsync(1)), () => Turns.TimeAsync(() => raw.PlayAsync(1)));
        return
        [
            BenchRow.AtLeast(Line, "broadcast to 500 devices, warm: time of 500 raw HGETs one after another", ratio, "x time", 20, $"{Units.Time(time)} for 500 reads, and {Units.Time(rawTime)}"),
            BenchRow.Told(
                Line, "broadcast to 500 devices, reads and the persisted commit of 500 records: time of the same by raw HGET and HMSET, which persists nothing", wholeRatio, "x time",
                $"{Units.Time(whole)}, and {Units.Time(rawWhole)}"),
        ];
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
