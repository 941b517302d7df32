using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>Keeps each tenant to its share. A tenant that was idle is forgotten.</summary>
internal sealed class TenantLimiters : IDisposable
{
    // After a count, what is beyond the limit is refused for so long without another one.
    private static readonly TimeSpan CountAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly TenantLimitOptions _options;
    private readonly IColdTier _cold;
    private readonly TimeProvider _time;
    private readonly bool _areNone;
    private readonly ConcurrentDictionary<string, TenantLimiter> _limiters = new(StringComparer.Ordinal);
    private long _sweptAt;

    public TenantLimiters(TenantLimitOptions options, IColdTier cold, TimeProvider time)
    {
        _options = options;
        _cold = cold;
        _time = time;
        _areNone = options.Default.AreNone && options.Tenants.Values.All(static t => t.AreNone);
        _sweptAt = time.GetTimestamp();
    }

    /// <summary>How many tenants are kept in mind.</summary>
    public int Count => _limiters.Count;

    /// <summary>Whether a session's tenant has limits.</summary>
    public bool Limits(AuthSessionId session) => !_areNone && !Of(session.Tenant).AreNone;

    /// <summary>Lets a commit in, or refuses it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="patch">What is to be committed.</param>
    /// <param name="cancellationToken">Cancels the wait for a place.</param>
    /// <returns>To be disposed of when the commit has ended.</returns>
    /// <exception cref="TenantLimitException">A limit was reached.</exception>
    public async ValueTask<Admission> AdmitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken)
    {
        var limiter = Begin(session.Tenant);
        RateLimitLease? place = null;
        try
        {
            place = await limiter.EnterAsync(cancellationToken).ConfigureAwait(false);
            if (place is { IsAcquired: false })
                throw new TenantLimitException(session, TenantLimit.ConcurrentCommits, retryAfter: null);
            long sets = 0, bytes = 0;
            foreach (var change in patch.Changes)
            {
                if (change.Value is not { } value)
                    continue;
                sets++;
                bytes += value.Length;
            }

            // What only deletes makes room. Credentials are what the session is, one record that is there already: they are not refused for what others take.
            var grows = sets > 0 && !(patch.Changes.Count == 1 && patch.TryGetChange(AuthKey.Creds, out _));
            if (grows && limiter.Limits is { MaxRecords: not null } or { MaxBytes: not null })
                await EnsureRoomAsync(session, limiter, sets, bytes, cancellationToken).ConfigureAwait(false);
            if (limiter.Take(patch.Changes.Count, bytes) is var (limit, retryAfter))
                throw new TenantLimitException(session, limit, retryAfter);
            limiter.Share.Add(sets, bytes);
            return new Admission(limiter, place);
        }
        catch
        {
            place?.Dispose();
            limiter.End();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var limiter in _limiters.Values)
            limiter.Dispose();
    }

    private TenantLimits Of(string tenant) => _options.Tenants.TryGetValue(tenant, out var own) ? own : _options.Default;

    private TenantLimiter Begin(string tenant)
    {
        var now = _time.GetTimestamp();
        Sweep(now);
        while (true)
        {
            var limiter = _limiters.GetOrAdd(tenant, static (name, me) => new TenantLimiter(me.Of(name), me._time), this);
            limiter.Begin();
            limiter.UsedAt = now;

            // It may have been let go in between.
            if (_limiters.TryGetValue(tenant, out var current) && current == limiter)
                return limiter;
            limiter.End();
        }
    }

    private void Sweep(long now)
    {
        var swept = Interlocked.Read(ref _sweptAt);
        if (_time.GetElapsedTime(swept, now) < SweepInterval || Interlocked.CompareExchange(ref _sweptAt, now, swept) != swept)
            return;
        foreach (var (tenant, limiter) in _limiters)
        {
            if (_time.GetElapsedTime(limiter.UsedAt, now) > _options.CountInterval && limiter.IsIdle)
                _limiters.TryRemove(new KeyValuePair<string, TenantLimiter>(tenant, limiter));
        }
    }

    private async ValueTask EnsureRoomAsync(AuthSessionId session, TenantLimiter limiter, long records, long bytes, CancellationToken cancellationToken)
    {
        var share = limiter.Share;
        if (IsYounger(share, _options.CountInterval) && share.Exceeded(limiter.Limits, records, bytes) is null)
            return;
        await share.Counting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var exceeded = share.Exceeded(limiter.Limits, records, bytes) is not null;
            if (!IsYounger(share, exceeded ? CountAgainAfter : _options.CountInterval))
                await CountAsync(session.Tenant, share, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Not known, and so no reason to refuse: what is written while cold is away is bounded by the outbox.
            return;
        }
        finally
        {
            share.Counting.Release();
        }

        if (share.Exceeded(limiter.Limits, records, bytes) is { } limit)
            throw new TenantLimitException(session, limit, retryAfter: null);
    }

    private bool IsYounger(TenantShare share, TimeSpan age) => share.CountedAt is { } at && _time.GetElapsedTime(at) < age;

    private async ValueTask CountAsync(string tenant, TenantShare share, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        long records = 0, bytes = 0;
        await foreach (var session in _cold.ListSessionsAsync(tenant, cancellationToken).ConfigureAwait(false))
        {
            if (await _cold.SummarizeAsync(session.Id, cancellationToken).ConfigureAwait(false) is not var (_, types))
                continue;
            foreach (var type in types)
            {
                records += type.Records;
                bytes += type.StoredBytes;
            }
        }

        share.Counted(records, bytes, begun);
    }

    /// <summary>A commit that was let in.</summary>
    internal readonly struct Admission(TenantLimiter? limiter, RateLimitLease? place) : IDisposable
    {
        public void Dispose()
        {
            place?.Dispose();
            limiter?.End();
        }
    }
}
