using System.Diagnostics.CodeAnalysis;
using HybridStore.Coordination;
using HybridStore.Quarantine;
using HybridStore.Tiers;

namespace HybridStore.Sessions;

/// <summary>What this process remembers of a session between calls: how far it has seen it, its keys, its lease and records, and a commit whose outcome is unknown.</summary>
internal sealed class SessionState
{
    private readonly Lock _sync = new();
    private readonly InProcessTier _tier;
    private readonly SessionRecords _records;
    private SeenMark _seen;
    private SeenMark _seenInCold;
    private readonly DataKeyCache _cache;
    private SessionKeys? _keys;
    private int _keysAreCounted;
    private HeldLease? _lease;
    private SharedView? _view;
    private SessionReads? _reads;
    private SealedStep? _unresolved;
    private bool _endWasShown = true;
    private long _rolledBackAt;
    private int _isOpen;

    /// <param name="tier">Where the records of held sessions are counted.</param>
    /// <param name="cache">What bounds the keys that are held.</param>
    /// <param name="continuations">How those who wait for their turn go on.</param>
    public SessionState(InProcessTier tier, DataKeyCache cache, TaskCreationOptions continuations)
    {
        _tier = tier;
        _cache = cache;
        _records = new SessionRecords(tier, _sync);
        Commits = new CommitQueue(continuations);
    }

    /// <summary>Commits of one session are made one step after the other (protocol rule 2).</summary>
    public CommitQueue Commits { get; }

    /// <summary>The version behind which queued commits were lost and nobody has acknowledged it; 0: none.</summary>
    public long RolledBackAt
    {
        get => Volatile.Read(ref _rolledBackAt);
        set => Volatile.Write(ref _rolledBackAt, value);
    }

    /// <summary>The records that were found not to open.</summary>
    public DamagedRecords Damaged { get; } = new();

    /// <summary>The reads of single records that go to the tiers. Of a session that answers everything from this process there never are any.</summary>
    public SessionReads Reads => Volatile.Read(ref _reads) ?? Interlocked.CompareExchange(ref _reads, new SessionReads(), null) ?? _reads;

    /// <summary>The lease, while this process holds one and by its own clock still may believe so.</summary>
    public HeldLease? Lease => Volatile.Read(ref _lease) is { IsCurrent: true } lease ? lease : null;

    public SeenMark Seen
    {
        get
        {
            lock (_sync)
                return _seen;
        }
    }

    /// <summary>How far cold was seen to be: less than <see cref="Seen"/> while something is queued, and never less again.</summary>
    public SeenMark SeenInCold
    {
        get
        {
            lock (_sync)
                return _seenInCold;
        }
    }

    /// <summary>Whether the caller knows that the life it saw has ended, so that its next commit may begin another.</summary>
    public bool EndWasShown
    {
        get
        {
            lock (_sync)
                return _endWasShown;
        }
    }

    /// <summary>The commit that must be repeated before another is taken (protocol rule 6). Changed in the caller's turn only.</summary>
    public SealedStep? Unresolved => Volatile.Read(ref _unresolved);

    /// <summary>The keys of the life last seen, whichever that is.</summary>
    public SessionKeys? Keys => Volatile.Read(ref _keys) is { } keys && (keys.GoodUntil > _cache.Now || Lease is not null) ? keys : null;

    public SessionKeys? KeysOf(long incarnation) => Keys is { } keys && keys.Incarnation == incarnation ? keys : null;

    /// <summary>The same, however old they are.</summary>
    public SessionKeys? OldKeysOf(long incarnation) => Volatile.Read(ref _keys) is { } keys && keys.Incarnation == incarnation ? keys : null;

    public void SetKeys(SessionKeys? keys)
    {
        Volatile.Write(ref _keys, keys);
        if (keys is not null)
            _cache.Add(this);
    }

    /// <summary>Clears the keys: their life is over.</summary>
    public void DestroyKeys() => Interlocked.Exchange(ref _keys, null)?.Destroy();

    /// <summary>The keys of this session count from now on.</summary>
    /// <returns>Whether they did not before.</returns>
    public bool TryBeginToCountKeys() => Interlocked.Exchange(ref _keysAreCounted, 1) == 0;

    /// <summary>Lets go of the keys, which count no more.</summary>
    public void EndToCountKeys()
    {
        Volatile.Write(ref _keysAreCounted, 0);
        SetKeys(null);
    }

    /// <summary>Notes how far the session was seen.</summary>
    /// <param name="mark">Where the session is.</param>
    /// <param name="shown">
    /// Whether the caller learns of it. A writer that only knows a life which has meanwhile ended must be told so before it may begin another,
    /// or its late commit would bring half of a deleted session back (protocol rule 8).
    /// </param>
    /// <returns>Whether that is not behind what was seen already.</returns>
    public bool TryObserve(SeenMark mark, bool shown)
    {
        lock (_sync)
        {
            if (mark < _seen)
            {
                // Behind, but in the living life: who learns of that knows what was before it.
                if (shown && mark.Incarnation == _seen.Incarnation && !_seen.IsEnd)
                    _endWasShown = true;
                return false;
            }

            var lifeEnded = _seen.Incarnation != 0 && !_seen.IsEnd && (mark.IsEnd || mark.Incarnation > _seen.Incarnation);
            if (shown)
                _endWasShown = true;
            else if (lifeEnded)
                _endWasShown = false;
            _seen = mark;

            // Without the lease, nobody brings what came in between: everything held is of one point, or not held.
            if (_view is not null && mark > _records.Current)
                _records.Open(mark);
            else
                _records.Observe(mark);
            return true;
        }
    }

    /// <summary>Notes how far cold is.</summary>
    public void ObserveInCold(SeenMark mark)
    {
        lock (_sync)
        {
            if (mark > _seenInCold)
                _seenInCold = mark;
        }
    }

    /// <summary>Makes the caller the one handle of this process.</summary>
    public bool TryOpen() => Interlocked.Exchange(ref _isOpen, 1) == 0;

    /// <summary>The handle is gone.</summary>
    public void Closed() => Volatile.Write(ref _isOpen, 0);

    /// <summary>Starts to hold records under a lease, empty.</summary>
    public void BeginLease(HeldLease lease)
    {
        lock (_sync)
        {
            // Lost before anybody could use it: its end has been here already, and does not come again.
            if (lease.HasEnded)
                return;
            Volatile.Write(ref _lease, lease);
            if (_unresolved is null)
                _records.Open(_seen);
        }
    }

    /// <summary>Starts to hold records without a lease, empty, for as long as each may be believed.</summary>
    public void BeginView(SharedView view)
    {
        lock (_sync)
        {
            Volatile.Write(ref _view, view);
            if (_unresolved is null)
                _records.Open(_seen);
        }
    }

    /// <summary>Holds nothing more without a lease.</summary>
    public SharedView? EndView()
    {
        lock (_sync)
        {
            var view = _view;
            Volatile.Write(ref _view, null);
            if (view is not null)
                _records.Close();
            return view;
        }
    }

    /// <summary>Holds nothing more under a lease; one that came after it stays.</summary>
    public void EndLease(HeldLease lease)
    {
        lock (_sync)
        {
            if (_lease != lease)
                return;
            Volatile.Write(ref _lease, null);
            _records.Close();
        }
    }

    /// <summary>From here on, nobody knows whether a commit was kept: nothing that it may have changed is answered from here.</summary>
    public void Suspend(SealedStep unresolved)
    {
        lock (_sync)
        {
            Volatile.Write(ref _unresolved, unresolved);
            _records.Close();
        }
    }

    /// <summary>Drops what is held, and holds nothing more under this lease.</summary>
    public void StopHolding()
    {
        lock (_sync)
            _records.Close();
    }

    /// <summary>The commit's outcome is known, and how far the session was seen says so.</summary>
    public void Resume()
    {
        lock (_sync)
        {
            Volatile.Write(ref _unresolved, null);
            if (_lease is not null || _view is not null)
                _records.Open(_seen);
        }
    }

    /// <summary>Drops the records that are held, because they may not be so any more.</summary>
    public void Forget()
    {
        lock (_sync)
        {
            if ((_lease is not null || _view is not null) && _unresolved is null)
                _records.Open(_seen);
        }
    }

    /// <summary>Answers one record from this process, without a lock and without allocating.</summary>
    public bool TryGet(AuthKey key, [NotNullWhen(true)] out LocalRecord? record)
    {
        // The lease first: what is held was current when the clock was asked.
        if (Lease is not null)
            return _records.TryGet(key, out record);
        if (Volatile.Read(ref _view) is { } view && _records.TryGet(key, out record) && record.GoodUntil > view.Now)
            return true;
        record = null;
        return false;
    }

    /// <summary>Answers records from this process, all at one point of the session.</summary>
    public AuthRecordSet? TryGetAll(IReadOnlyList<AuthKey> keys)
    {
        var view = Volatile.Read(ref _view);
        if (Lease is null && view is null)
            return null;
        lock (_sync)
        {
            return _records.TryGetAll(keys, view?.Now ?? 0, out var at) is { } records
                ? new AuthRecordSet(at.Incarnation, at.IsEnd ? 0 : at.Version, records)
                : null;
        }
    }

    /// <summary>The records of some that this process does not hold.</summary>
    public AuthKey[] Missing(IReadOnlyList<AuthKey> keys)
    {
        lock (_sync)
            return [.. _records.Missing(keys).Distinct()];
    }

    /// <summary>To be called before a tier is asked; <see cref="Fill"/> wants the answer.</summary>
    public long? BeginFill()
    {
        lock (_sync)
            return _records.Generation;
    }

    /// <summary>Takes what a tier answered, if nothing newer came or went meanwhile.</summary>
    /// <param name="generation">What <see cref="BeginFill"/> gave.</param>
    /// <param name="snapshot">The point of the session that the answer is of.</param>
    /// <param name="records">The answer.</param>
    /// <param name="goodUntil">Until when it may be believed without the lease.</param>
    public void Fill(long? generation, SeenMark snapshot, AuthRecord[] records, DateTimeOffset goodUntil)
    {
        if (generation is not { } begun)
            return;
        lock (_sync)
            _records.Fill(begun, snapshot, records, _lease is not null ? long.MaxValue : goodUntil.UtcTicks);
        _tier.Trim();
    }

    /// <summary>Takes a step that cold has committed: all of its patches at once.</summary>
    public void Apply(ColdCommitResult result, SealedStep step)
    {
        lock (_sync)
        {
            if (_lease is null)
                return;
            if (_lease != step.Lease)
            {
                // The lease was taken while this was under way without it: what it changed was not kept for here.
                _records.Open(_seen);
                return;
            }

            var version = result.PreviousVersion;
            foreach (var patch in step.Changed)
            {
                _records.Apply(version, new SeenMark(result.Incarnation, version + 1), patch, _seen);
                version++;
            }
        }

        _tier.Trim();
    }
}
