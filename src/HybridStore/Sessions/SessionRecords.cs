using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using HybridStore.Coordination;

namespace HybridStore.Sessions;

/// <summary>What the in-process tier holds of one session, while this process holds its lease.</summary>
/// <remarks>
/// Hits take no lock: the sequence is even while every record held is current, and odd while that is being changed or not known, so a reader that finds
/// another sequence after it has looked than before goes to the tiers. Everything else needs the session's lock.
/// </remarks>
internal sealed class SessionRecords(InProcessTier tier, Lock sync)
{
    // Written under the session's lock only, so it needs but one of its own.
    private readonly ConcurrentDictionary<AuthKey, LocalRecord> _records = new(concurrencyLevel: 1, capacity: 5);
    private long _sequence = 1;
    private bool _open;
    private SeenMark _current;
    private SeenMark _gone;
    private long _generation;

    /// <summary>Looks a record up; the lease is the caller's matter.</summary>
    public bool TryGet(AuthKey key, [NotNullWhen(true)] out LocalRecord? record)
    {
        var before = Volatile.Read(ref _sequence);
        if ((before & 1) == 0 && _records.TryGetValue(key, out record) && Volatile.Read(ref _sequence) == before)
        {
            // Written only when it changes: a shared cache line that every hit wrote to would cost each reader the others' reads.
            if (!record.WasUsed)
                record.WasUsed = true;
            return true;
        }

        record = null;
        return false;
    }

    /// <summary>The records of some that are not held.</summary>
    public IEnumerable<AuthKey> Missing(IReadOnlyList<AuthKey> keys) => (_sequence & 1) != 0 ? keys : keys.Where(k => !_records.ContainsKey(k));

    /// <summary>Looks up all of the records, at one point of the session, or none.</summary>
    /// <param name="keys">The records.</param>
    /// <param name="now">The time, where they are not for ever; otherwise 0.</param>
    /// <param name="at">The point.</param>
    public AuthRecord[]? TryGetAll(IReadOnlyList<AuthKey> keys, long now, out SeenMark at)
    {
        at = _current;
        if ((_sequence & 1) != 0)
            return null;
        var found = new AuthRecord[keys.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (!_records.TryGetValue(keys[i], out var record) || record.GoodUntil <= now)
                return null;
            record.WasUsed = true;
            found[i] = record.Record;
        }

        return found;
    }

    /// <summary>Starts to hold records, from a known point of the session on.</summary>
    public void Open(SeenMark at)
    {
        Close();
        _open = true;
        _current = _gone = at;
        _sequence++;
    }

    /// <summary>Holds nothing any more, and takes no fill of a read that is under way.</summary>
    public void Close()
    {
        BeginChange();
        _generation++;
        _open = false;
        Clear();
    }

    /// <summary>The point of the session that all held records are of.</summary>
    public SeenMark Current => _current;

    /// <summary>What a read must bring back to <see cref="Fill"/>; <see langword="null"/> if nothing is held.</summary>
    public long? Generation => _open ? _generation : null;

    /// <summary>The session was seen beyond what is held, in a commit that is still on its way here: until it is, nothing held is known to be current.</summary>
    public void Observe(SeenMark mark)
    {
        if (mark > _current)
            BeginChange();
    }

    /// <summary>Takes what was read, unless something newer came or went in between (protocol rule 5).</summary>
    public void Fill(long generation, SeenMark snapshot, IReadOnlyList<AuthRecord> records, long goodUntil)
    {
        if (!_open || generation != _generation)
            return;
        for (var i = 0; i < records.Count; i++)
        {
            var held = _records.GetValueOrDefault(records[i].Key);
            if (FillDecision.MayFill(snapshot, held?.AsOf, _gone))
                Put(held, records[i], snapshot, goodUntil);
        }
    }

    /// <summary>Takes a commit that succeeded.</summary>
    /// <param name="previous">The version right before it.</param>
    /// <param name="made">Where it brought the session.</param>
    /// <param name="changed">What it wrote; a deleted record is an absent one.</param>
    /// <param name="seen">How far the session has been seen.</param>
    public void Apply(long previous, SeenMark made, IReadOnlyList<AuthRecord> changed, SeenMark seen)
    {
        if (!_open || made <= _current)
            return;
        BeginChange();
        var missedNothing = _current.IsEnd || _current.Incarnation != made.Incarnation ? previous == 0 : previous == _current.Version;
        if (!missedNothing)
        {
            Clear();
            _gone = made;
        }

        foreach (var record in changed)
        {
            var key = record.Key;
            Put(_records.GetValueOrDefault(key), record.Exists ? AuthRecord.Found(key, made.Version, record.Value) : record, made, long.MaxValue);
        }

        _current = made;
        if (_current >= seen)
            EndChange();
    }

    /// <summary>Lets a record go that there is no room for.</summary>
    public void Drop(LocalRecord record)
    {
        lock (sync)
        {
            if (_records.TryRemove(new KeyValuePair<AuthKey, LocalRecord>(record.Record.Key, record)) && record.AsOf > _gone)
                _gone = record.AsOf;
        }
    }

    private void Put(LocalRecord? held, in AuthRecord record, SeenMark asOf, long goodUntil)
    {
        if (held is not null)
            tier.Remove(held);
        var taken = new LocalRecord(this, record, asOf, goodUntil);
        _records[record.Key] = taken;
        tier.Add(taken);
    }

    private void Clear()
    {
        foreach (var record in _records.Values)
            tier.Remove(record);
        _records.Clear();
    }

    private void BeginChange()
    {
        if ((_sequence & 1) == 0)
            Interlocked.Increment(ref _sequence);
    }

    private void EndChange()
    {
        if ((_sequence & 1) != 0)
            Interlocked.Increment(ref _sequence);
    }
}
