using System.Threading.RateLimiting;

namespace HybridStore.Resilience;

/// <summary>What one tenant has used of its limits.</summary>
internal sealed class TenantLimiter : IDisposable
{
    private readonly Lock _sync = new();
    private readonly ConcurrencyLimiter? _concurrency;
    private readonly (TenantLimit Limit, TokenBucket? Bucket)[] _buckets;
    private int _underWay;

    public TenantLimiter(TenantLimits limits, TimeProvider time)
    {
        Limits = limits;
        _concurrency = limits.MaxConcurrentCommits is { } most
            ? new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = most, QueueLimit = limits.MaxWaitingCommits, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            })
            : null;
        _buckets =
        [
            (TenantLimit.CommitsPerSecond, Bucket(limits.CommitsPerSecond)),
            (TenantLimit.RecordsPerSecond, Bucket(limits.RecordsPerSecond)),
            (TenantLimit.BytesPerSecond, Bucket(limits.BytesPerSecond)),
        ];

        TokenBucket? Bucket(double? perSecond) => perSecond is { } rate ? new TokenBucket(rate, limits.Burst, time) : null;
    }

    public TenantLimits Limits { get; }

    public TenantShare Share { get; } = new();

    /// <summary>When it was asked last, by the steady clock.</summary>
    public long UsedAt { get; set; }

    /// <summary>Whether it can be made anew, and would be the same.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_sync)
                return _underWay == 0 && Array.TrueForAll(_buckets, static b => b.Bucket?.IsFull != false);
        }
    }

    public void Begin()
    {
        lock (_sync)
            _underWay++;
    }

    public void End()
    {
        lock (_sync)
            _underWay--;
    }

    /// <summary>Waits for a place among the commits that are under way.</summary>
    /// <returns>The place; <see langword="null"/>: none is needed.</returns>
    public async ValueTask<RateLimitLease?> EnterAsync(CancellationToken cancellationToken) =>
        _concurrency is null ? null : await _concurrency.AcquireAsync(1, cancellationToken).ConfigureAwait(false);

    /// <summary>Takes what a commit needs of all the rates, or of none.</summary>
    /// <returns>Which rate does not allow it now, and when it will.</returns>
    public (TenantLimit Limit, TimeSpan RetryAfter)? Take(long records, long bytes)
    {
        lock (_sync)
        {
            (TenantLimit Limit, TimeSpan RetryAfter)? refusal = null;
            foreach (var (limit, bucket) in _buckets)
            {
                if (bucket?.Until(AmountOf(limit)) is { } wait && wait > TimeSpan.Zero && (refusal is null || wait > refusal.Value.RetryAfter))
                    refusal = (limit, wait);
            }

            if (refusal is null)
            {
                foreach (var (limit, bucket) in _buckets)
                    bucket?.Take(AmountOf(limit));
            }

            return refusal;
        }

        double AmountOf(TenantLimit limit) => limit switch { TenantLimit.CommitsPerSecond => 1, TenantLimit.RecordsPerSecond => records, _ => bytes };
    }

    public void Dispose() => _concurrency?.Dispose();
}
