using HybridStore.Codec;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore.Outbox;

/// <summary>What the holder of a lease keeps of a session's outbox: every commit that hot has taken and cold is not known to have.</summary>
/// <remarks>
/// It is what makes a queued commit survive the loss of hot's newest writes, what a persisted commit carries before itself (protocol rule 1), and what
/// reads of cold are overlaid with (rule 3). One writer at a time adds, in the session's turn; one at a time sends to cold (<see cref="ColdTurn"/>).
/// </remarks>
internal sealed class HeldQueue
{
    // Small enough for one transaction of any cold tier, large enough that a backlog drains in few.
    private const long MaxBatchBytes = 4 * 1024 * 1024;

    // Each is an entry of its own in hot, which does nothing else while it takes them.
    private const int MaxGivenAtOnce = 256;
    private const int MaxChangesGivenAtOnce = 20_000;

    private readonly Lock _sync = new();
    private readonly Queue<SealedPatch> _patches = new();
    private readonly Dictionary<AuthKey, (long Version, ReadOnlyMemory<byte>? Envelope)> _latest = [];
    private readonly CommitMemory _commits = new();
    private readonly AuthSessionId _session;
    private long _base;
    private long _end;
    private long _bytes;
    private long _told;
    private string? _vouchedRun;
    private int _draining;

    public HeldQueue(LeaseRef lease, long incarnation, long version, IReadOnlyList<CommitMark> commits, IReadOnlyList<WrappedDataKey> dataKeys, TaskCreationOptions continuations)
    {
        ColdTurn = new CommitQueue(continuations);
        Lease = lease;
        _session = lease.Session;
        Incarnation = incarnation;
        DataKeys = dataKeys;
        _base = _end = version;
        foreach (var mark in commits)
            _commits.Add(mark);
    }

    public LeaseRef Lease { get; }

    public AuthSessionId Session => _session;

    /// <summary>The life that the entries belong to; 0: the session does not exist yet, and its first commit is persisted.</summary>
    public long Incarnation { get; private set; }

    /// <summary>The wrapped data keys, for hot's copy.</summary>
    public IReadOnlyList<WrappedDataKey> DataKeys { get; set; }

    /// <summary>Whoever sends this session's patches to cold does so alone: two ranges that overlap would refuse each other.</summary>
    public CommitQueue ColdTurn { get; }

    /// <summary>The entry that stops the outbox; <see langword="null"/>: none does.</summary>
    public ParkedEntry? Parked { get; set; }

    /// <summary>How often cold refused what is to be drained, though it answered.</summary>
    public int Tries { get; set; }

    /// <summary>How long to wait before cold is tried again.</summary>
    public TimeSpan RetryDelay { get; set; }

    /// <summary>The highest version that cold is known to have.</summary>
    public long Base
    {
        get
        {
            lock (_sync)
                return _base;
        }
    }

    /// <summary>The version up to which commits were queued, or persisted.</summary>
    public long End
    {
        get
        {
            lock (_sync)
                return _end;
        }
    }

    /// <summary>How many commits cold is not known to have, and their bytes.</summary>
    public (int Entries, long Bytes) Backlog
    {
        get
        {
            lock (_sync)
                return (_patches.Count, _bytes);
        }
    }

    public bool IsEmpty => Backlog.Entries == 0;

    /// <summary>Whether hot knows how far cold is.</summary>
    public bool HotKnowsBase
    {
        get
        {
            lock (_sync)
                return _told >= _base;
        }
    }

    /// <summary>Notes that hot knows cold to have everything up to a version.</summary>
    public void Tell(long version)
    {
        lock (_sync)
            _told = Math.Max(_told, version);
    }

    /// <summary>Whether hot is known to have everything, in the run given, so that the next commit can be queued there.</summary>
    public bool IsIn(string run)
    {
        lock (_sync)
            return _vouchedRun == run;
    }

    /// <summary>Notes whether hot has everything.</summary>
    /// <param name="run">The run of hot; <see langword="null"/>: hot has to be told first.</param>
    public void Vouch(string? run)
    {
        lock (_sync)
            _vouchedRun = run;
    }

    /// <summary>Makes the caller the one who drains this session.</summary>
    public bool TryBeginDraining() => Interlocked.Exchange(ref _draining, 1) == 0;

    public void EndDraining() => Volatile.Write(ref _draining, 0);

    /// <summary>Notes a commit that hot and outbox have taken.</summary>
    public void Add(IReadOnlyList<SealedPatch> patches)
    {
        lock (_sync)
        {
            // By index, here and below: an enumerator of a list that is known by its interface takes memory each time.
            for (var i = 0; i < patches.Count; i++)
            {
                var patch = patches[i];
                _commits.Add(patch);
                if (patch.Version <= _base)
                    continue;
                _patches.Enqueue(patch);
                _end = patch.Version;
                for (var j = 0; j < patch.Changes.Count; j++)
                {
                    var change = patch.Changes[j];
                    _bytes += change.Envelope?.Length ?? 0;
                    _latest[change.Key] = (change.VersionIn(patch.Version), change.Envelope);
                }
            }
        }
    }

    /// <summary>Notes a commit that cold has taken, and with it all before it.</summary>
    public void AddPersisted(long incarnation, IReadOnlyList<SealedPatch> patches)
    {
        lock (_sync)
        {
            Incarnation = incarnation;
            foreach (var patch in patches)
                _commits.Add(patch);
        }

        Acknowledge(patches[^1].Version);
    }

    /// <summary>Notes how far cold is.</summary>
    public void Acknowledge(long version)
    {
        lock (_sync)
        {
            if (version <= _base)
                return;
            _base = version;
            _end = Math.Max(_end, version);
            while (_patches.TryPeek(out var patch) && patch.Version <= version)
            {
                _patches.Dequeue();
                for (var j = 0; j < patch.Changes.Count; j++)
                {
                    var change = patch.Changes[j];
                    _bytes -= change.Envelope?.Length ?? 0;
                    if (_latest.TryGetValue(change.Key, out var latest) && latest.Version <= version)
                        _latest.Remove(change.Key);
                }
            }
        }
    }

    /// <summary>Whether a version is one that cold can be at: what cold is known to have, or the end of a commit that it is not.</summary>
    public bool IsBoundary(long version)
    {
        lock (_sync)
            return version == _base || _patches.Any(p => p.Version == version);
    }

    /// <summary>Whether one of some commits that cold has was made here, at the version at which it is there.</summary>
    public bool HasMadeAny(IEnumerable<CommitMark> marks)
    {
        var wanted = marks.ToHashSet();
        lock (_sync)
        {
            return wanted.Any(m => _commits.Find(m.Id) == m.Version)
                || _patches.Any(p => wanted.Contains(new CommitMark(p.CommitId, p.Version)) || p.Absorbed.Any(wanted.Contains));
        }
    }

    /// <summary>The oldest commits above a version, as one patch; <see langword="null"/>: there are none.</summary>
    /// <param name="aboveVersion">The version.</param>
    /// <param name="oneOnly">Whether only the very oldest is wanted, to find out which one is refused.</param>
    public SealedPatch? Next(long aboveVersion, bool oneOnly = false)
    {
        SealedPatch? first = null;
        List<SealedPatch>? batch = null;
        lock (_sync)
        {
            var bytes = 0L;
            foreach (var patch in _patches)
            {
                if (patch.Version <= aboveVersion)
                    continue;
                if (first is null)
                    first = patch;
                else
                    (batch ??= [first]).Add(patch);
                for (var j = 0; j < patch.Changes.Count; j++)
                    bytes += patch.Changes[j].Envelope?.Length ?? 0;
                if (oneOnly || bytes >= MaxBatchBytes)
                    break;
            }
        }

        return batch is null ? first : PatchCoalescing.Coalesce(batch);
    }

    /// <summary>The oldest commits above a version, each as it was queued, as many as hot takes at once.</summary>
    public IReadOnlyList<SealedPatch> After(long aboveVersion)
    {
        var patches = new List<SealedPatch>();
        lock (_sync)
        {
            var (changes, bytes) = (0, 0L);
            foreach (var patch in _patches)
            {
                if (patch.Version <= aboveVersion)
                    continue;
                changes += patch.Changes.Count;
                if (patches.Count > 0 && changes > MaxChangesGivenAtOnce)
                    break;
                patches.Add(patch);
                bytes += patch.Changes.Sum(static c => (long)(c.Envelope?.Length ?? 0));
                if (patches.Count == MaxGivenAtOnce || bytes >= MaxBatchBytes)
                    break;
            }
        }

        return patches;
    }

    /// <summary>The newest queued change of each record, where there is one, and the version up to which commits were queued. To be asked before cold is.</summary>
    public (long Incarnation, long Version, QueuedChange?[] Changes) Look(IReadOnlyList<AuthKey> keys)
    {
        var changes = new QueuedChange?[keys.Count];
        lock (_sync)
        {
            for (var i = 0; i < changes.Length && _patches.Count > 0; i++)
            {
                if (_latest.TryGetValue(keys[i], out var latest))
                    changes[i] = new QueuedChange(latest.Version, latest.Envelope);
            }

            return (Incarnation, _end, changes);
        }
    }

    /// <summary>The commits that are remembered, in order of their versions.</summary>
    public IReadOnlyList<CommitMark> Remembered
    {
        get
        {
            lock (_sync)
                return [.. _commits.All];
        }
    }

    /// <summary>The version that a commit made, if it is among those remembered; otherwise 0.</summary>
    public long Find(CommitId id)
    {
        lock (_sync)
            return _commits.Find(id);
    }
}
