using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Rows;

/// <summary>One session of a trace, open on a target, and its messages as they come.</summary>
internal sealed class LoadedSession : IAsyncDisposable
{
    private readonly ITarget _target;
    private readonly ITargetSession _session;
    private readonly IEnumerator<TraceMessage> _messages;
    private readonly TracePlayer _player;

    private LoadedSession(ITarget target, ITargetSession session, Trace trace)
    {
        _target = target;
        _session = session;
        _messages = trace.Messages().GetEnumerator();
        _player = new TracePlayer([session], Meter);
    }

    public ITargetSession Session => _session;

    public PlayMeter Meter { get; } = new();

    /// <summary>Fills the target and opens the session.</summary>
    public static async Task<LoadedSession> OpenAsync(string name, TraceOptions options, LoadServers servers)
    {
        var trace = new Trace(options);
        var target = await TargetCatalog.OpenAsync(name, servers);
        await target.ImportAsync(trace.Sessions[0], trace.Models[0].Records);
        return new LoadedSession(target, await target.OpenAsync(trace.Sessions[0]), trace);
    }

    /// <summary>Plays the messages that come next.</summary>
    public async Task PlayAsync(int messages)
    {
        for (; messages > 0; messages--)
        {
            _messages.MoveNext();
            await _player.PlayAsync(_messages.Current);
        }

        if (Meter.Failures + Meter.Mismatches > 0)
            throw new InvalidOperationException($"{_target.Name}: {Meter.FirstFailure}");
    }

    /// <summary>Plays the next message.</summary>
    /// <returns>The time of its reads, and that of its commits, in microseconds.</returns>
    public async Task<(double Reads, double Commits)> TimeAsync()
    {
        var (reads, commits) = (Meter.Reads.Sum, Meter.Commits.Sum);
        GC.Collect();
        await PlayAsync(1);
        return ((Meter.Reads.Sum - reads) / 1e3, (Meter.Commits.Sum - commits) / 1e3);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _target.DisposeAsync();
        _messages.Dispose();
    }
}
