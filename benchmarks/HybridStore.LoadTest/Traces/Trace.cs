namespace HybridStore.LoadTest.Traces;

/// <summary>The messages of some bots, and the state that they begin with; the same from the same seed.</summary>
internal sealed class Trace
{
    private const int Devices = 500;
    private const int Contacts = 2000;
    private readonly TraceOptions _options;
    private readonly SessionModel[] _models;
    private readonly Random _random;

    public Trace(TraceOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        Sessions = [.. Enumerable.Range(0, options.Sessions).Select(static i => $"bot-{i}")];
        _models = [.. Enumerable.Range(0, options.Sessions).Select(i =>
            options.Kind == TraceKind.Pairing ? new SessionModel() : new SessionModel(options.Profile, new Random(options.Seed + 1 + i)))];
    }

    /// <summary>The names of the sessions.</summary>
    public IReadOnlyList<string> Sessions { get; }

    /// <summary>The states of the sessions: what they begin with, until messages are drawn.</summary>
    public IReadOnlyList<SessionModel> Models => _models;

    /// <summary>Draws the messages. Those of pairing and reconnecting come to an end, the others never do.</summary>
    public IEnumerable<TraceMessage> Messages() => _options.Kind switch
    {
        TraceKind.Pairing => Interleaved(s => new PairingTrace(s, _models[s], _options.Profile, _random).Messages(_options.Contacts ?? Contacts)),
        TraceKind.Reconnect => Interleaved(s => new ReconnectTrace(s, _models[s], _random).Messages(_options.Burst)),
        TraceKind.Broadcast => Endless(s => new BroadcastTrace(s, _models[s], _options.Devices ?? Devices).Next),
        TraceKind.Groups => Endless(s => new GroupTrace(s, _models[s], _random).Next),
        _ => Endless(s => new ChatTrace(s, _models[s], _random).Next),
    };

    private IEnumerable<TraceMessage> Endless(Func<int, Func<TraceMessage>> make)
    {
        var next = Enumerable.Range(0, _models.Length).Select(make).ToArray();
        var rates = new double[next.Length];
        double sum = 0;
        for (var i = 0; i < rates.Length; i++)
        {
            // Bots that write on their own, each 0.1 to 5 messages a second: all together that is one stream in which each has its share.
            rates[i] = sum += _options.Kind == TraceKind.Many ? 0.1 + (_random.NextDouble() * 4.9) : 1;
        }

        while (true)
        {
            var found = Array.BinarySearch(rates, _random.NextDouble() * sum);
            yield return next[Math.Min(found < 0 ? ~found : found, next.Length - 1)]();
        }
    }

    // One message of each session by turns.
    private IEnumerable<TraceMessage> Interleaved(Func<int, IEnumerable<TraceMessage>> make)
    {
        var open = Enumerable.Range(0, _models.Length).Select(s => make(s).GetEnumerator()).ToList();
        while (open.Count > 0)
        {
            for (var i = 0; i < open.Count; i++)
            {
                if (open[i].MoveNext())
                {
                    yield return open[i].Current;
                    continue;
                }

                open[i].Dispose();
                open.RemoveAt(i--);
            }
        }
    }
}
