using Polly;
using Polly.CircuitBreaker;

namespace HybridStore.Resilience;

/// <summary>One breaker: of a tier, or of one tenant at a tier.</summary>
/// <remarks>
/// While it is closed, calls are made without it and their ends are reported afterwards, so that it is in nobody's way. Only while it is not closed do calls go through it: it refuses
/// them, and lets one through when the break is over.
/// </remarks>
internal sealed class TierCircuit
{
    private readonly CircuitBreakerStateProvider _provider = new();
    private readonly CircuitBreakerManualControl _control = new();
    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly TimeSpan _break;
    private readonly Action<BreakerState, Exception?, bool> _changed;
    private readonly bool _runsInline;
    private long _blockedUntil;
    private int _generation;

    /// <param name="options">When it opens, and for how long.</param>
    /// <param name="minimumThroughput">How many calls it takes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Told of each new state, with the failure that brought it and whether somebody's hand did.</param>
    /// <param name="runsInline">Whether a scheduler drives every step.</param>
    public TierCircuit(BreakerOptions options, int minimumThroughput, TimeProvider time, Action<BreakerState, Exception?, bool> changed, bool runsInline = false)
    {
        _runsInline = runsInline;
        _time = time;
        _break = options.BreakDuration;
        _changed = changed;
        var counts = options.Enabled;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.FailureRatio,
                SamplingDuration = options.SamplingDuration,
                MinimumThroughput = minimumThroughput,
                BreakDuration = options.BreakDuration,
                StateProvider = _provider,
                ManualControl = _control,
                ShouldHandle = arguments => new ValueTask<bool>(counts && TierFailure.Counts(arguments.Outcome.Exception)),
                OnOpened = Opened,
                OnHalfOpened = HalfOpened,
                OnClosed = Closed,
            })
            .Build();
    }

    /// <summary>What it does with calls.</summary>
    public BreakerState State => _provider.CircuitState switch
    {
        CircuitState.Closed => BreakerState.Closed,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        CircuitState.Isolated => BreakerState.Isolated,
        _ => BreakerState.Open,
    };

    /// <summary>Whether calls are made without it.</summary>
    public bool IsClosed => _provider.CircuitState == CircuitState.Closed;

    /// <summary>How often it has opened: what began before says nothing of what comes after.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>How long it goes on to refuse; <see langword="null"/>: until somebody releases it.</summary>
    public TimeSpan? Left
    {
        get
        {
            if (_provider.CircuitState == CircuitState.Isolated)
                return null;
            var left = Volatile.Read(ref _blockedUntil) - _time.GetUtcNow().Ticks;
            return left > 0 ? TimeSpan.FromTicks(left) : TimeSpan.Zero;
        }
    }

    /// <summary>Whether a call made now would be refused.</summary>
    public bool Refuses() => _provider.CircuitState switch
    {
        CircuitState.Closed => false,
        CircuitState.Isolated => true,
        _ => _time.GetUtcNow().Ticks < Volatile.Read(ref _blockedUntil),
    };

    /// <summary>Tells how a call ended that was made while it was closed. One that began before it opened last is of no interest any more.</summary>
    /// <param name="generation">The generation in which the call began.</param>
    /// <param name="failure">How it failed; <see langword="null"/>: it did not.</param>
    /// <returns>Completed already, unless the breaker opens.</returns>
    public ValueTask ReportAsync(int generation, Exception? failure)
    {
        if (generation != Volatile.Read(ref _generation) || _provider.CircuitState != CircuitState.Closed)
            return default;
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        var outcome = failure is null ? Outcome.FromResult<object?>(null) : Outcome.FromException<object?>(failure);
        var reported = _pipeline.ExecuteOutcomeAsync(static (_, ended) => new ValueTask<Outcome<object?>>(ended), context, outcome);
        if (!reported.IsCompletedSuccessfully)
        {
            if (!_runsInline)
                return EndAsync(reported, context);
            Wait(reported.AsTask());
        }

        ResilienceContextPool.Shared.Return(context);
        return default;
    }

    /// <summary>Makes a call while it is not closed: refuses it, or lets it through to see whether the tier is back.</summary>
    /// <param name="state">What the call needs.</param>
    /// <param name="call">The call; it does not throw.</param>
    /// <returns>Its end; <see langword="null"/>: it was refused.</returns>
    public async ValueTask<Outcome<T>?> TryAsync<TState, T>(TState state, Func<TState, ValueTask<Outcome<T>>> call)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            var outcome = _runsInline
                ? await TryInlineAsync(context, state, call).ConfigureAwait(false)
                : await _pipeline.ExecuteOutcomeAsync(static (_, s) => s.call(s.state), context, (state, call)).ConfigureAwait(false);
            return outcome.Exception is BrokenCircuitException ? null : outcome;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Refuses everything until <see cref="ReleaseAsync"/>.</summary>
    public Task IsolateAsync(CancellationToken cancellationToken) => _control.IsolateAsync(cancellationToken);

    /// <summary>Closes it.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => _control.CloseAsync(cancellationToken);

    // What the breaker tells of its states, it tells on a thread of its own, and goes on there. The call itself is made here, and who drives it waits for the breaker.
    private async ValueTask<Outcome<T>> TryInlineAsync<TState, T>(ResilienceContext context, TState state, Func<TState, ValueTask<Outcome<T>>> call)
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Outcome<T>>();
        var going = _pipeline.ExecuteOutcomeAsync(
            static (_, s) =>
            {
                s.begun.SetResult();
                return new ValueTask<Outcome<T>>(s.ended.Task);
            },
            context,
            (begun, ended)).AsTask();
        Wait(Task.WhenAny(begun.Task, going));
        if (begun.Task.IsCompleted)
            ended.SetResult(await call(state).ConfigureAwait(false));
        Wait(going);
        return await going.ConfigureAwait(false);
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static async ValueTask EndAsync(ValueTask<Outcome<object?>> reported, ResilienceContext context)
    {
        _ = await reported.ConfigureAwait(false);
        ResilienceContextPool.Shared.Return(context);
    }

    private ValueTask Opened(OnCircuitOpenedArguments<object> arguments)
    {
        Volatile.Write(ref _blockedUntil, (_time.GetUtcNow() + _break).Ticks);
        Interlocked.Increment(ref _generation);
        _changed(arguments.IsManual ? BreakerState.Isolated : BreakerState.Open, arguments.Outcome.Exception, arguments.IsManual);
        return default;
    }

    private ValueTask HalfOpened(OnCircuitHalfOpenedArguments arguments)
    {
        // Nobody else comes through until the one call has ended.
        Volatile.Write(ref _blockedUntil, (_time.GetUtcNow() + _break).Ticks);
        _changed(BreakerState.HalfOpen, null, false);
        return default;
    }

    private ValueTask Closed(OnCircuitClosedArguments<object> arguments)
    {
        Volatile.Write(ref _blockedUntil, 0);
        _changed(BreakerState.Closed, null, arguments.IsManual);
        return default;
    }
}
