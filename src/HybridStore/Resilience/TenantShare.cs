namespace HybridStore.Resilience;

/// <summary>What a tenant has in cold, as far as is known: the last count, and what this process has written since.</summary>
internal sealed class TenantShare
{
    private readonly Lock _sync = new();
    private long _records;
    private long _bytes;
    private long _countedAt;
    private bool _isCounted;

    /// <summary>Lets one count at a time.</summary>
    public SemaphoreSlim Counting { get; } = new(1, 1);

    /// <summary>Notes a count.</summary>
    /// <param name="records">The records.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="at">The steady clock before they were counted.</param>
    public void Counted(long records, long bytes, long at)
    {
        lock (_sync)
            (_records, _bytes, _countedAt, _isCounted) = (records, bytes, at, true);
    }

    /// <summary>Notes what is written.</summary>
    public void Add(long records, long bytes)
    {
        lock (_sync)
        {
            _records += records;
            _bytes += bytes;
        }
    }

    /// <summary>When it was counted last, by the steady clock; <see langword="null"/>: never.</summary>
    public long? CountedAt
    {
        get
        {
            lock (_sync)
                return _isCounted ? _countedAt : null;
        }
    }

    /// <summary>Which limit an addition would go beyond.</summary>
    public TenantLimit? Exceeded(TenantLimits limits, long records, long bytes)
    {
        lock (_sync)
        {
            return _records + records > limits.MaxRecords ? TenantLimit.Records
                : _bytes + bytes > limits.MaxBytes ? TenantLimit.Bytes
                : null;
        }
    }
}
