namespace HybridStore.Sessions;

/// <summary>Keeps the opened records of all held sessions within one budget of bytes.</summary>
/// <remarks>
/// What goes is what was not read since the search last passed it (the SIEVE rule): a hit only sets a mark, so readers never wait for each other.
/// Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024.
/// </remarks>
internal sealed class InProcessTier(long budgetBytes)
{
    private readonly Lock _sync = new();
    private readonly LinkedList<LocalRecord> _records = new();
    private LinkedListNode<LocalRecord>? _hand;
    private long _bytes;

    public long HeldBytes => Interlocked.Read(ref _bytes);

    public void Add(LocalRecord record)
    {
        lock (_sync)
        {
            record.Place = _records.AddFirst(record);
            _bytes += record.Bytes;
        }
    }

    public void Remove(LocalRecord record)
    {
        lock (_sync)
            Unlink(record);
    }

    /// <summary>Makes room if there is too much. Not to be called under a session's lock: it takes those of the records that go.</summary>
    public void Trim()
    {
        while (HeldBytes > budgetBytes)
        {
            LocalRecord? victim;
            lock (_sync)
            {
                victim = Choose();
                if (victim is null)
                    return;
                Unlink(victim);
            }

            victim.Owner.Drop(victim);
        }
    }

    private LocalRecord? Choose()
    {
        while (_records.Last is { } oldest)
        {
            var candidate = _hand ?? oldest;
            _hand = candidate.Previous;
            if (!candidate.Value.WasUsed)
                return candidate.Value;
            candidate.Value.WasUsed = false;
        }

        return null;
    }

    private void Unlink(LocalRecord record)
    {
        if (record.Place is not { } place)
            return;
        if (_hand == place)
            _hand = place.Previous;
        _records.Remove(place);
        record.Place = null;
        _bytes -= record.Bytes;
    }
}
