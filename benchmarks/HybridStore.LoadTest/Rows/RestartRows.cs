using System.Globalization;
using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Report;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Rows;

/// <summary>A bot that reads what it has read before, while PostgreSQL is ended, is away for a while, and is started again.</summary>
internal static class RestartRows
{
    private const int Line = 13;
    private const int Readers = 2;
    private const string What = "warm reads by the holder during a restart of PostgreSQL: ";

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(LoadServers servers)
    {
        if (!servers.PostgreSql.IsOurs)
            return [BenchRow.Failed(Line, What + "failures", "The server was given, and is not ours to restart.")];
        var cold = new CountingColdTier(TargetCatalog.PostgreSql(servers));
        await using var target = new HybridTarget("restart", cold, await TargetCatalog.RedisHotAsync(servers), Durability.Persisted);
        var model = new SessionModel(Profile.Small, new Random(1));
        await target.ImportAsync("bot", model.Records);
        await using var session = await target.OpenAsync("bot");
        var keys = model.Records.Select(static r => (r.Key, r.Size)).ToArray();
        foreach (var (key, _) in keys)
            await session.GetAsync(key);

        var meter = new PlayMeter();
        using var stop = new CancellationTokenSource();
        var before = cold.Calls;
        var reading = Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(session, keys, meter, stop.Token))).ToArray();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        var begun = Measuring.Clock.Now;
        servers.PostgreSql.Stop();
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        servers.PostgreSql.Start();
        var away = (Measuring.Clock.Now - begun) / 1e3;
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        await stop.CancelAsync();
        await Task.WhenAll(reading);

        // Before the session is closed, which is a call.
        var calls = cold.Calls - before;
        var detail = string.Create(
            CultureInfo.InvariantCulture, $"{meter.Operations} reads, the slowest {Units.Time(meter.Reads.Max / 1e3)}; PostgreSQL was away for {Units.Time(away)}. {meter.FirstFailure}").TrimEnd();
        return
        [
            BenchRow.AtMost(Line, What + "failures", meter.Failures + meter.Mismatches, "reads", 0, detail),
            BenchRow.AtMost(Line, What + "calls to cold", calls, "calls", 0, detail),
        ];
    }

    private static async Task ReadAsync(ITargetSession session, (AuthKey Key, int Size)[] keys, PlayMeter meter, CancellationToken stop)
    {
        var player = new TracePlayer([session], meter);
        var messages = keys.Select(static k => new TraceMessage(0, 0, [new TraceOperation.Get(k.Key, k.Size)])).ToArray();
        for (var i = 0; !stop.IsCancellationRequested; i++)
            await player.PlayAsync(messages[i % messages.Length]);
    }
}
