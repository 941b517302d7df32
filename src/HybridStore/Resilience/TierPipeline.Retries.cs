using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using HybridStore.Diagnostics;
using Polly;
using Polly.Retry;

namespace HybridStore.Resilience;

internal sealed partial class TierPipeline
{
    private static readonly ResiliencePropertyKey<long> DeadlineKey = new("hybridstore.deadline");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> RunAgainAsync<TState, T>(TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        ExceptionDispatchInfo failed;
        try
        {
            return await RunOnceAsync(call, state, action, Limit(call, begun), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (TierFailure.MayRetry(e) && !cancellationToken.IsCancellationRequested)
        {
            failed = ExceptionDispatchInfo.Capture(e);
        }

        // Only now: a call that is done needs none of this. The first attempt is told as it was.
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(DeadlineKey, begun);
        try
        {
            var outcome = await _retry!.ExecuteOutcomeAsync(
                static (_, a) => a.NextAsync(), context, new Attempts<TState, T>(this, call, state, action, begun, failed.SourceException, cancellationToken)).ConfigureAwait(false);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private TimeSpan Limit(TierCall call, long begun)
    {
        if (!call.IsTimed)
            return Timeout.InfiniteTimeSpan;
        var left = _options.Retry.Deadline - _time.GetElapsedTime(begun);
        return _options.Timeout != Timeout.InfiniteTimeSpan && _options.Timeout < left ? _options.Timeout : left;
    }

    private RetryStrategyOptions Retrying(RetryOptions options, Func<double>? random)
    {
        var retrying = new RetryStrategyOptions
        {
            // The first attempt was made already, and what is told of it is the first that this sees.
            MaxRetryAttempts = options.MaxAttempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.BaseDelay,
            MaxDelay = options.MaxDelay,
            ShouldHandle = arguments => new ValueTask<bool>(
                TierFailure.MayRetry(arguments.Outcome.Exception)
                && _time.GetElapsedTime(arguments.Context.Properties.GetValue(DeadlineKey, 0)) < _options.Retry.Deadline),
            OnRetry = arguments =>
            {
                _metrics.Retried(_tier);
                Log.CallRetried(_logger, arguments.Outcome.Exception, Text, _name, arguments.AttemptNumber + 1, arguments.RetryDelay);
                return default;
            },
        };
        if (random is not null)
            retrying.Randomizer = random;
        return retrying;
    }

    /// <summary>The attempts of one call: the first, which has failed already, and those that are made.</summary>
    private sealed class Attempts<TState, T>(
        TierPipeline pipeline, TierCall call, TState state, Func<TState, CancellationToken, ValueTask<T>> action, long begun, Exception failure, CancellationToken cancellationToken)
    {
        private Exception _failure = failure;
        private bool _firstWasTold;

        public async ValueTask<Outcome<T>> NextAsync()
        {
            var limit = pipeline.Limit(call, begun);
            if (!_firstWasTold || (call.IsTimed && limit <= TimeSpan.Zero))
            {
                _firstWasTold = true;
                return Outcome.FromException<T>(_failure);
            }

            try
            {
                return Outcome.FromResult(await pipeline.RunOnceAsync(call, state, action, limit, cancellationToken).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // Whatever it is, it is handed on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failure = e;
                return Outcome.FromException<T>(e);
            }
        }
    }
}
