using System.Runtime.CompilerServices;
using HybridStore.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;

namespace HybridStore.Resilience;

/// <summary>What stands between the store and one of its tiers: tries again outside of a breaker outside of a time limit for each attempt.</summary>
internal sealed partial class TierPipeline
{
    private static readonly ResiliencePropertyKey<TimeSpan> LimitKey = new("hybridstore.limit");

    private readonly AuthTier _tier;
    private readonly string _name;
    private readonly TierResilienceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StoreMetrics _metrics;
    private readonly TierCircuit _circuit;
    private readonly TenantCircuits _tenants;
    private readonly ResiliencePipeline? _retry;
    private readonly ResiliencePipeline? _limit;
    private readonly ITimer _breakIsOver;
    private readonly Func<string>? _run;
    private readonly TimeSpan _callTimeout;
    private readonly bool _runsInline;
    private string? _runWhenOpened;
    private Noted? _lastFailure;
    private long _since;

    /// <param name="tier">Which tier.</param>
    /// <param name="name">The tier's name.</param>
    /// <param name="options">How to deal with it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="metrics">Where to count.</param>
    /// <param name="random">From 0 to 1, for the jitter; <see langword="null"/>: the platform's.</param>
    /// <param name="run">The tier's present run, as far as it is known without asking: another one than when the breaker opened says that the tier was reached again.</param>
    /// <param name="callTimeout">The longest that a call takes before the tier itself gives it up: it needs no timer beside that. <see langword="null"/>: it may take any time.</param>
    /// <param name="runsInline">Whether a scheduler drives every step.</param>
    public TierPipeline(
        AuthTier tier,
        string name,
        TierResilienceOptions options,
        TimeProvider time,
        ILogger logger,
        StoreMetrics metrics,
        Func<double>? random = null,
        Func<string>? run = null,
        TimeSpan? callTimeout = null,
        bool runsInline = false)
    {
        _callTimeout = callTimeout ?? Timeout.InfiniteTimeSpan;
        _run = run;
        _runsInline = runsInline;
        _tier = tier;
        _name = name;
        _options = options;
        _time = time;
        _logger = logger;
        _metrics = metrics;
        _since = time.GetUtcNow().Ticks;
        _circuit = new TierCircuit(options.Breaker, options.Breaker.MinimumThroughput, time, Changed, runsInline);
        _tenants = new TenantCircuits(options.Breaker, time, TenantChanged, runsInline);
        _breakIsOver = time.CreateTimer(static me => ((TierPipeline)me!).Recovering?.Invoke(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.Retry.MaxAttempts > 1)
            _retry = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(Retrying(options.Retry, random)).Build();
        if (options.Timeout != Timeout.InfiniteTimeSpan || _retry is not null)
        {
            _limit = new ResiliencePipelineBuilder { TimeProvider = time }
                .AddTimeout(new TimeoutStrategyOptions
                {
                    TimeoutGenerator = static arguments => new ValueTask<TimeSpan>(arguments.Context.Properties.GetValue(LimitKey, Timeout.InfiniteTimeSpan)),
                })
                .Build();
        }
    }

    /// <summary>Raised when it is worth to try what waits: the break is over, or the breaker closed.</summary>
    public event Action? Recovering;

    /// <summary>How the tier is doing.</summary>
    public TierHealth Health
    {
        get
        {
            var failure = Volatile.Read(ref _lastFailure);
            return new TierHealth(
                _tier, _name, _circuit.State, new DateTimeOffset(Volatile.Read(ref _since), TimeSpan.Zero),
                failure?.Text, failure?.At, _tenants.Refusing);
        }
    }

    public BreakerState State => _circuit.State;

    /// <summary>How many tenants have a breaker of their own now.</summary>
    internal int TenantsWatched => _tenants.Count;

    /// <summary>Whether a call made now would be refused, so that it need not be made at all.</summary>
    /// <param name="tenant">Whose it is.</param>
    public bool Refuses(string? tenant)
    {
        if (!_circuit.Refuses() && _tenants.Find(tenant)?.Circuit.Refuses() != true)
            return false;
        if (WasReached())
        {
            var released = _circuit.ReleaseAsync(CancellationToken.None);
            if (_runsInline)
                released.GetAwaiter().GetResult();
        }

        _metrics.Rejected(_tier);
        return true;
    }

    // It connects by itself, and has: as after a start that was faster than the connection, or a restart. The break need not be waited for.
    private bool WasReached()
    {
        if (_run?.Invoke() is not { Length: > 0 } run || Volatile.Read(ref _runWhenOpened) is not { } former || former == run || _circuit.State != BreakerState.Open)
            return false;
        Volatile.Write(ref _runWhenOpened, null);
        return true;
    }

    public Task IsolateAsync(CancellationToken cancellationToken) => _circuit.IsolateAsync(cancellationToken);

    public Task ReleaseAsync(CancellationToken cancellationToken) => _circuit.ReleaseAsync(cancellationToken);

    public ValueTask DisposeAsync() => _breakIsOver.DisposeAsync();

    /// <summary>Begins a call that is made without a layer in between, where nothing asks for one: no step and no memory more than the call itself.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="direct">What is to be given back with its end.</param>
    /// <returns>Whether it may be made so; otherwise it goes through <see cref="RunAsync"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBegin(string? tenant, out DirectCall direct)
    {
        direct = new DirectCall(tenant, _circuit.Generation);
        return _circuit.IsClosed && _options.Timeout == Timeout.InfiniteTimeSpan && _tenants.Find(tenant)?.Circuit.IsClosed != false;
    }

    /// <summary>Ends such a call: the tier has answered.</summary>
    /// <returns>Completed already, in all but rare cases.</returns>
    public ValueTask EndAsync(in DirectCall direct)
    {
        if (_tenants.Count != 0)
            return EndBesideTenantsAsync(direct);
        return _circuit.ReportAsync(direct.Generation, null);
    }

    /// <summary>Ends such a call: it failed.</summary>
    public ValueTask EndAsync(in DirectCall direct, Exception failure) => FailedAsync(direct.Tenant, direct.Generation, failure);

    /// <summary>Makes a call.</summary>
    /// <param name="call">What it is.</param>
    /// <param name="state">What it needs.</param>
    /// <param name="action">Sends it once.</param>
    /// <param name="cancellationToken">The caller's: it is honoured as far as the tier does.</param>
    /// <exception cref="StoreUnavailableException">It was not done; or it was only read, or may be repeated.</exception>
    /// <exception cref="CommitOutcomeUnknownException">It may have been done.</exception>
    public ValueTask<T> RunAsync<TState, T>(TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, CancellationToken cancellationToken) =>
        _retry is not null && call.MayRetry
            ? RunAgainAsync(call, state, action, cancellationToken)
            : RunOnceAsync(call, state, action, call.IsTimed ? _options.Timeout : Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Makes a call whatever the breaker says, unless the tier is isolated: what a process lives by is tried for as long as there is time.</summary>
    public ValueTask<T> RunRegardlessAsync<TState, T>(TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, CancellationToken cancellationToken) =>
        _circuit.State is BreakerState.Open or BreakerState.HalfOpen
            ? action(state, cancellationToken)
            : RunOnceAsync(call with { MayRetry = false }, state, action, call.IsTimed ? _options.Timeout : Timeout.InfiniteTimeSpan, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> RunOnceAsync<TState, T>(
        TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_tenants.Find(call.Tenant) is { Circuit.IsClosed: false } tenant)
            return await ThroughTenantAsync(call, tenant, state, action, limit).ConfigureAwait(false);
        if (!_circuit.IsClosed)
        {
            if (!WasReached())
                return await ThroughAsync(call, state, action, limit).ConfigureAwait(false);
            var released = _circuit.ReleaseAsync(CancellationToken.None);
            if (_runsInline)
                released.GetAwaiter().GetResult();
            await released.ConfigureAwait(false);
        }

        var generation = _circuit.Generation;
        T result;
        try
        {
            result = await LimitedAsync(call, state, action, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (TierFailure.Counts(e))
        {
            await FailedAsync(call.Tenant, generation, e).ConfigureAwait(false);
            throw;
        }

        await EndAsync(new DirectCall(call.Tenant, generation)).ConfigureAwait(false);
        return result;
    }

    private async ValueTask<T> ThroughTenantAsync<TState, T>(
        TierCall call, TenantCircuit tenant, TState state, Func<TState, CancellationToken, ValueTask<T>> action, TimeSpan limit)
    {
        // The tier's one call is not this tenant's to spend.
        if (!_circuit.IsClosed)
            throw Refused(call, _circuit, tenant: null);
        var outcome = await tenant.Circuit.TryAsync((Me: this, call, state, action, limit), static s => s.Me.AttemptAsync(s.call, s.state, s.action, s.limit)).ConfigureAwait(false);
        return End(outcome ?? throw Refused(call, tenant.Circuit, call.Tenant));
    }

    private async ValueTask<T> ThroughAsync<TState, T>(TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, TimeSpan limit)
    {
        var outcome = await _circuit.TryAsync((Me: this, call, state, action, limit), static s => s.Me.AttemptAsync(s.call, s.state, s.action, s.limit)).ConfigureAwait(false);
        return End(outcome ?? throw Refused(call, _circuit, tenant: null));
    }

    // Without the caller's token: who gives up says nothing of the tier, and the one call that is let through is to bring an answer.
    private async ValueTask<Outcome<T>> AttemptAsync<TState, T>(TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, TimeSpan limit)
    {
        try
        {
            return Outcome.FromResult(await LimitedAsync(call, state, action, limit, CancellationToken.None).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whatever it is, it is handed on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (TierFailure.Counts(e))
                Note(e);
            return Outcome.FromException<T>(e);
        }
    }

    private static T End<T>(Outcome<T> outcome)
    {
        outcome.ThrowIfException();
        return outcome.Result!;
    }

    private ValueTask<T> LimitedAsync<TState, T>(
        TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, TimeSpan limit, CancellationToken cancellationToken) =>
        limit == Timeout.InfiniteTimeSpan || EndsByItself(limit) ? action(state, cancellationToken) : TimedAsync(call, state, action, limit, cancellationToken);

    private bool EndsByItself(TimeSpan limit) => _callTimeout != Timeout.InfiniteTimeSpan && _callTimeout <= limit;

    private async ValueTask<T> TimedAsync<TState, T>(
        TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, TimeSpan limit, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        context.Properties.Set(LimitKey, limit);
        try
        {
            var outcome = await _limit!.ExecuteOutcomeAsync(
                static (limited, s) => WaitAsync(s.state, s.action, limited.CancellationToken, s.cancellationToken), context, (state, action, cancellationToken)).ConfigureAwait(false);
            if (outcome.Exception is TimeoutRejectedException late)
            {
                _metrics.TimedOut(_tier);
                throw call.CommitId is { } commit
                    ? new CommitOutcomeUnknownException(call.Session, commit, late)
                    : new StoreUnavailableException(_name, $"The {Text} tier {_name} did not answer within {limit} ({call.Operation}).", late);
            }

            return End(outcome);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // The caller's token reaches the tier, which honours it where nothing has begun. Only the time limit ends the wait for what may be under way.
    private static async ValueTask<Outcome<T>> WaitAsync<TState, T>(
        TState state, Func<TState, CancellationToken, ValueTask<T>> action, CancellationToken timeIsOver, CancellationToken caller)
    {
        var linked = caller.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(timeIsOver, caller) : null;
        Task<T>? task = null;
        try
        {
            var answer = action(state, linked?.Token ?? timeIsOver);
            if (answer.IsCompleted)
                return Outcome.FromResult(await answer.ConfigureAwait(false));
            task = answer.AsTask();
            return Outcome.FromResult(await task.WaitAsync(timeIsOver).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whatever it is, it is handed on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (task is { IsCompleted: false })
            {
                // The tier may not have begun. It is told before the two are parted.
                linked?.Cancel();

                // Looked at, so that it is no unobserved exception should it fail now that nobody waits for it.
                _ = task.ContinueWith(
                    static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            return Outcome.FromException<T>(e);
        }
        finally
        {
            linked?.Dispose();
        }
    }

    private async ValueTask EndBesideTenantsAsync(DirectCall direct)
    {
        if (_tenants.Find(direct.Tenant) is { } mine)
            await mine.Circuit.ReportAsync(mine.Circuit.Generation, null).ConfigureAwait(false);
        _tenants.Answered(direct.Tenant);
        await _circuit.ReportAsync(direct.Generation, null).ConfigureAwait(false);
    }

    private async ValueTask FailedAsync(string? tenant, int generation, Exception failure)
    {
        Note(failure);
        if (tenant is not null && _options.Breaker.Enabled)
        {
            if (_tenants.Find(tenant) is { Circuit.IsClosed: false })
                return;
            var (mine, times) = _tenants.Failed(tenant);
            for (; times > 0; times--)
                await mine!.Circuit.ReportAsync(mine.Circuit.Generation, failure).ConfigureAwait(false);
            if (mine is { Circuit.IsClosed: false })
                return;
        }

        await _circuit.ReportAsync(generation, failure).ConfigureAwait(false);
    }

    private void Note(Exception failure) => Volatile.Write(ref _lastFailure, new Noted(TierFailure.Describe(failure), _time.GetUtcNow()));

    private StoreUnavailableException Refused(TierCall call, TierCircuit circuit, string? tenant)
    {
        _metrics.Rejected(_tier);
        var left = circuit.Left;
        return new StoreUnavailableException(
            _name,
            $"The {Text} tier {_name} was not asked ({call.Operation}): "
            + (left is null ? "somebody has isolated it." : $"too many {(tenant is null ? "calls" : $"calls for tenant {tenant}")} have failed, the last with: {_lastFailure?.Text}")
            + " Nothing was changed.")
        {
            IsBreakerOpen = true,
            RetryAfter = left,
        };
    }

    private string Text => _tier == AuthTier.Hot ? "hot" : "cold";

    private void Changed(BreakerState state, Exception? failure, bool byHand)
    {
        Volatile.Write(ref _since, _time.GetUtcNow().Ticks);
        _metrics.BreakerChanged(_tier, state);
        switch (state)
        {
            case BreakerState.Open:
                Volatile.Write(ref _runWhenOpened, _run?.Invoke());
                Log.BreakerOpened(_logger, failure, Text, _name, _options.Breaker.BreakDuration);
                _breakIsOver.Change(_options.Breaker.BreakDuration, Timeout.InfiniteTimeSpan);
                break;
            case BreakerState.HalfOpen:
                Log.BreakerHalfOpened(_logger, Text, _name);
                break;
            case BreakerState.Isolated:
                Log.TierIsolated(_logger, Text, _name);
                break;
            default:
                Log.BreakerClosed(_logger, Text, _name, byHand);
                Recovering?.Invoke();
                break;
        }
    }

    private void TenantChanged(string tenant, BreakerState state, Exception? failure)
    {
        if (state == BreakerState.Open)
            Log.TenantBreakerOpened(_logger, failure, tenant, Text, _name, _options.Breaker.BreakDuration);
        else if (state == BreakerState.Closed)
            Log.TenantBreakerClosed(_logger, tenant, Text, _name);
    }

    /// <summary>A call that is made without a layer in between.</summary>
    /// <param name="Tenant">Whose it is.</param>
    /// <param name="Generation">When it began.</param>
    internal readonly record struct DirectCall(string? Tenant, int Generation);

    private sealed record Noted(string Text, DateTimeOffset At);
}
