using System.Collections.Concurrent;

namespace HybridStore.Resilience;

/// <summary>The breakers of the tenants whose calls fail at a tier that answers others: one tenant's data must not close the tier to all.</summary>
/// <remarks>
/// A tenant without failures has none, and costs nothing. Each needs half of the calls that the tier's own needs, so that it opens first and what it refuses no longer counts there. A
/// failure counts against the tenant only once somebody else has had an answer: until then it may be the tier that fails, and the tier's own breaker that opens.
/// </remarks>
internal sealed class TenantCircuits(BreakerOptions options, TimeProvider time, Action<string, BreakerState, Exception?> changed, bool runsInline = false)
{
    // Beyond it, tenants share the tier's breaker.
    internal const int Most = 1024;

    private readonly ConcurrentDictionary<string, TenantCircuit> _circuits = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private (string? Tenant, long At) _lastAnswer;
    private (string? Tenant, long At) _answerBefore;
    private volatile int _count;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>How many refuse calls.</summary>
    public int Refusing => _count == 0 ? 0 : _circuits.Values.Count(static c => !c.Circuit.IsClosed);

    public TenantCircuit? Find(string? tenant) => _count == 0 || tenant is null ? null : _circuits.GetValueOrDefault(tenant);

    /// <summary>Notes that the tier has answered, and lets go of a breaker that is not needed any more.</summary>
    public void Answered(string? tenant)
    {
        if (_count == 0)
            return;
        var now = time.GetTimestamp();
        lock (_sync)
        {
            if (_lastAnswer.At != 0 && _lastAnswer.Tenant != tenant)
                _answerBefore = _lastAnswer;
            _lastAnswer = (tenant, Math.Max(now, 1));
        }

        if (Find(tenant) is { } mine && IsIdle(mine, now))
            Drop(tenant!, mine);
    }

    /// <summary>Notes a failure of a tenant's call.</summary>
    /// <returns>The tenant's breaker, and how many failures count there now: this one, and those that nobody could judge before.</returns>
    public (TenantCircuit? Circuit, int Times) Failed(string tenant)
    {
        var now = time.GetTimestamp();
        if (Find(tenant) is not { } circuit)
        {
            if (_count >= Most && !TrySweep(now))
                return default;
            circuit = new TenantCircuit(new TierCircuit(
                options, Math.Max(BreakerOptions.LeastThroughput, options.MinimumThroughput / 2), time, (state, failure, _) => changed(tenant, state, failure), runsInline));
            lock (_sync)
            {
                if (_circuits.TryAdd(tenant, circuit))
                    _count = _circuits.Count;
                else
                    circuit = _circuits[tenant];
            }
        }

        if (time.GetElapsedTime(circuit.FailedAt, now) > options.SamplingDuration)
            circuit.TakePending();
        circuit.FailedAt = now;
        circuit.AddPending();
        return OthersAreAnswered(tenant, now) ? (circuit, circuit.TakePending()) : default;
    }

    private bool OthersAreAnswered(string tenant, long now)
    {
        lock (_sync)
        {
            var other = _lastAnswer.At != 0 && _lastAnswer.Tenant != tenant ? _lastAnswer : _answerBefore;
            return other.At != 0 && other.Tenant != tenant && time.GetElapsedTime(other.At, now) <= options.SamplingDuration;
        }
    }

    private bool IsIdle(TenantCircuit circuit, long now) => circuit.Circuit.IsClosed && time.GetElapsedTime(circuit.FailedAt, now) > options.SamplingDuration;

    private bool TrySweep(long now)
    {
        // Who has not called since the break was over is let go as well.
        foreach (var (tenant, circuit) in _circuits)
        {
            if (IsIdle(circuit, now) || time.GetElapsedTime(circuit.FailedAt, now) > options.BreakDuration + options.SamplingDuration)
                Drop(tenant, circuit);
        }

        return _count < Most;
    }

    private void Drop(string tenant, TenantCircuit circuit)
    {
        lock (_sync)
        {
            _circuits.TryRemove(new KeyValuePair<string, TenantCircuit>(tenant, circuit));
            _count = _circuits.Count;
            if (_count == 0)
                (_lastAnswer, _answerBefore) = (default, default);
        }
    }
}
