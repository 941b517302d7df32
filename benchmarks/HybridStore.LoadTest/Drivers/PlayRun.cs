using HybridStore.LoadTest.Measuring;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>Plays a trace on a target from its beginning: fills it, opens the sessions, warms up, measures, closes, and reads back from the tiers what must be there.</summary>
internal static class PlayRun
{
    private const int Checked = 500;

    public static async Task<PlayResult> RunAsync(string name, PlayOptions options, LoadServers servers)
    {
        await servers.EmptyAsync();
        var trace = new Trace(options.Trace);
        await using var target = await TargetCatalog.OpenAsync(name, servers);
        for (var i = 0; i < trace.Sessions.Count; i++)
        {
            if (trace.Models[i].Records.Count > 0)
                await target.ImportAsync(trace.Sessions[i], trace.Models[i].Records);
        }

        var isFinite = options.Trace.Kind is TraceKind.Pairing or TraceKind.Reconnect;
        var drawn = trace.Messages().Take(isFinite ? int.MaxValue : options.WarmUp + options.Messages).ToArray();
        var warmUp = isFinite ? 0 : options.WarmUp;
        var messages = drawn[warmUp..];

        // Made before, so that they don't count for the sessions.
        var (warmUpMeter, meter) = (new PlayMeter(), new PlayMeter());
        var heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        var sessions = await OpenAsync(target, trace);
        await WarmUpAsync(drawn[..warmUp], sessions, options, warmUpMeter);
        if (warmUpMeter.Failures + warmUpMeter.Mismatches > 0)
            throw new InvalidOperationException($"{name} fails while it is warmed up: {warmUpMeter.FirstFailure}");

        var player = new TracePlayer(sessions, meter);
        GC.Collect();
        var traffic = await servers.TrafficAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var begun = Clock.Now;
        var played = options.Rate > 0
            ? await OpenLoop.RunAsync(
                messages, OpenLoop.Schedule(messages.Length, options.Rate, options.Poisson ? new Random(options.Trace.Seed) : null), options.Callers, options.Limit, player.PlayAsync, meter)
            : await ClosedLoop.RunAsync(messages, options.Callers, options.Limit, player.PlayAsync, meter);
        var seconds = (Clock.Now - begun) / 1e9;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated - meter.OwnBytes;
        var heap = (GC.GetTotalMemory(forceFullCollection: true) - heapBefore) / (double)sessions.Length;
        GC.KeepAlive(warmUpMeter);

        // What was queued is drained now: it belongs to the messages.
        var closing = Clock.Now;
        foreach (var session in sessions)
            await session.DisposeAsync();
        closing = Clock.Now - closing;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        traffic = await servers.TrafficAsync() - traffic;
        var count = played.Count(static p => p);
        var operations = Math.Max(1, meter.Operations);
        await CheckAsync(target, trace, drawn[..warmUp].Concat(messages.Where((_, i) => played[i])), meter);

        return new PlayResult
        {
            Target = name,
            Trace = options.Trace.Kind.ToString(),
            Profile = options.Trace.Profile.Name,
            Sessions = sessions.Length,
            Driver = options.Driver,
            Callers = options.Callers,
            Rate = options.Rate,
            Seed = options.Trace.Seed,
            Planned = messages.Length,
            Played = count,
            Seconds = seconds,
            Operations = meter.Operations,
            Message = Latency.Of(meter.Messages),
            Read = Latency.Of(meter.Reads),
            Commit = Latency.Of(meter.Commits),
            Lateness = Latency.Of(meter.Lateness),
            AllocatedPerOperation = allocated / (double)operations,
            CpuPerOperation = cpu.TotalMicroseconds / operations,
            Bytes = PlayResult.PerMessage.Of(traffic, count),
            MemoryPerSession = heap,
            ClosingSeconds = closing / 1e9,
            Failures = meter.Failures,
            Mismatches = meter.Mismatches,
            FirstFailure = meter.FirstFailure,
        };
    }

    private static async Task<ITargetSession[]> OpenAsync(ITarget target, Trace trace)
    {
        var sessions = new ITargetSession[trace.Sessions.Count];
        for (var i = 0; i < sessions.Length; i++)
            sessions[i] = await target.OpenAsync(trace.Sessions[i]);
        return sessions;
    }

    private static async Task WarmUpAsync(TraceMessage[] messages, ITargetSession[] sessions, PlayOptions options, PlayMeter meter)
    {
        var player = new TracePlayer(sessions, meter);

        // All of it, so that the state is where the messages that follow expect it.
        await ClosedLoop.RunAsync(messages, options.Callers, TimeSpan.FromHours(1), player.PlayAsync, meter);
    }

    /// <summary>Opens the sessions again and compares some records that were written, byte by byte.</summary>
    private static async Task CheckAsync(ITarget target, Trace trace, IEnumerable<TraceMessage> played, PlayMeter meter)
    {
        foreach (var group in WrittenLast.Of(played).Take(Checked).GroupBy(static r => r.Session))
        {
            await using var session = await target.OpenAsync(trace.Sessions[group.Key]);
            foreach (var (_, record) in group)
            {
                var value = await session.GetAsync(record.Key);
                if (record.Size < 0 ? value is not null : value is null || !value.Value.Span.SequenceEqual(RecordContent.Make(record)))
                    meter.Mismatched($"{record.Key} is not what was written last.");
            }
        }
    }
}
