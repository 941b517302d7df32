using System.Runtime.ExceptionServices;

namespace HybridStore.Tests.Simulation;

/// <summary>Decides, by a seed alone, who goes on next. Everything runs on the thread that calls <see cref="RunAll"/>.</summary>
internal sealed class SimScheduler(int seed)
{
    // Far more than any run needs: a run that does not end is a failure like any other.
    private const int MostSteps = 20_000;

    private readonly List<(SimProcess? Process, string What, bool IsRequest, TaskCompletionSource Go)> _waiting = [];
    private readonly Queue<string> _trace = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _steps;

    public Random Random { get; } = new(seed);

    /// <summary>What happened, for a failure's message.</summary>
    public IEnumerable<string> Trace => _trace;

    /// <summary>What somebody found: the run ends with it, while the trace still shows how it came.</summary>
    public Exception? Failure { get; set; }

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    public void Note(SimProcess? process, string what)
    {
        if (_trace.Count == 600)
            _trace.Dequeue();
        _trace.Enqueue($"{process?.Name ?? "-"}: {what}");
    }

    /// <summary>Waits until the caller is picked. It goes on inline, within <see cref="RunAll"/>.</summary>
    /// <param name="process">Who waits. While it stands still, it is not picked; once it was killed, never again.</param>
    /// <param name="what">What for.</param>
    /// <param name="isRequest">Whether something is on its way to a tier: that arrives though who sent it stands still, and may though it was killed since.</param>
    public Task Step(SimProcess? process, string what, bool isRequest = false)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new SimFailure($"{process?.Name}'s {what} runs on a thread of its own: chance does not decide alone.\n{Environment.StackTrace}");
        var go = new TaskCompletionSource();
        if (process is not { IsKilled: true })
            _waiting.Add((process, what, isRequest, go));
        return go.Task;
    }

    /// <summary>Runs until nobody waits any more and all that must end has ended.</summary>
    /// <param name="isDone">Whether it has.</param>
    /// <param name="idle">Lets time pass or a stopped process go on.</param>
    /// <param name="disturb">Called now and then, between two steps.</param>
    /// <param name="disturbance">How often.</param>
    public void RunAll(Func<bool> isDone, Action idle, Action disturb, double disturbance)
    {
        var idles = 0;
        while (true)
        {
            if (Failure is not null)
                ExceptionDispatchInfo.Throw(Failure);
            if (Chance(disturbance))
                disturb();
            var ready = 0;
            foreach (var waiting in _waiting)
                ready += IsReady(waiting) ? 1 : 0;
            if (ready == 0)
            {
                if (_waiting.Count == 0 && isDone())
                    return;
                if (++idles > 200)
                    throw new SimFailure("Somebody waits for ever.");
                idle();
                continue;
            }

            idles = 0;
            if (++_steps > MostSteps)
                throw new SimFailure("It does not come to an end.");
            var nth = Random.Next(ready);
            var index = _waiting.FindIndex(w => IsReady(w) && nth-- == 0);
            var (process, what, isRequest, go) = _waiting[index];
            _waiting.RemoveAt(index);
            if (process is { IsKilled: true } && !(isRequest && Chance(0.5)))
                continue;
            Note(process, what);
            go.SetResult();
        }
    }

    private static bool IsReady((SimProcess? Process, string What, bool IsRequest, TaskCompletionSource Go) waiting) => waiting.IsRequest || waiting.Process is not { IsPaused: true };
}
