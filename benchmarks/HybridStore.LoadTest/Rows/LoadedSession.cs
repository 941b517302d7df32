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

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _target.DisposeAsync();
        _messages.Dispose();
    }
}
