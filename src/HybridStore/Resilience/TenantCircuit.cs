namespace HybridStore.Resilience;

/// <summary>The breaker of one tenant at a tier, while its calls fail and others' don't.</summary>
internal sealed class TenantCircuit(TierCircuit circuit)
{
    private long _failedAt;
    private int _pending;

    public TierCircuit Circuit { get; } = circuit;

    /// <summary>When a call of the tenant failed last, by the steady clock.</summary>
    public long FailedAt
    {
        get => Volatile.Read(ref _failedAt);
        set => Volatile.Write(ref _failedAt, value);
    }

    /// <summary>Notes a failure of which it is not known yet whether it is the tenant's or the tier's.</summary>
    public void AddPending() => Interlocked.Increment(ref _pending);

    /// <summary>How many there were.</summary>
    public int TakePending() => Interlocked.Exchange(ref _pending, 0);
}
