namespace HybridStore.Tests.Simulation;

/// <summary>Decides, by a seed alone, who goes on next. Everything runs on the thread that calls <see cref="RunAll"/>.</summary>
internal sealed class SimScheduler(int seed)
{
    private readonly List<(SimProcess? Process, string What, TaskCompletionSource Go)> _waiting = [];
    private readonly Queue<string> _trace = new();

    public Random Random { get; } = new(seed);

    /// <summary>What happened, for a failure's message.</summary>
    public IEnumerable<string> Trace => _trace;

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    public void Note(SimProcess? process, string what)
    {
        if (_trace.Count == 400)
            _trace.Dequeue();
        _trace.Enqueue($"{process?.Name ?? "-"}: {what}");
    }

    /// <summary>Waits until the caller is picked. It goes on inline, within <see cref="RunAll"/>.</summary>
    public Task Step(SimProcess? process, string what)
    {
        var go = new TaskCompletionSource();
        _waiting.Add((process, what, go));
        return go.Task;
    }

    /// <summary>Runs until nobody waits any more and all of the tasks have ended.</summary>
    /// <param name="clients">What must come to its end.</param>
    /// <param name="idle">Lets time pass or a stopped process go on.</param>
    /// <param name="disturb">Called now and then, between two steps.</param>
    public void RunAll(IReadOnlyList<Task> clients, Action idle, Action disturb)
    {
        var idles = 0;
        while (true)
        {
            if (Chance(0.04))
                disturb();
            var ready = _waiting.Count(static w => w.Process is not { IsPaused: true });
            if (ready == 0)
            {
                if (_waiting.Count == 0 && clients.All(static c => c.IsCompleted))
                    return;
                if (++idles > 200)
                    throw new SimFailure("Somebody waits for ever.");
                idle();
                continue;
            }

            idles = 0;
            var nth = Random.Next(ready);
            var index = _waiting.FindIndex(w => w.Process is not { IsPaused: true } && nth-- == 0);
            var (process, what, go) = _waiting[index];
            _waiting.RemoveAt(index);
            Note(process, what);
            go.SetResult();
        }
    }
}
