using System.Collections.Immutable;
using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>The outbox of a session, and what is known of it.</summary>
internal sealed partial class ModelHotSession
{
    private HotOutboxState? _state;
    private ImmutableList<OutboxEntry> _entries = [];
    private ImmutableList<CommitMark> _commits = [];
    private long _commitsOf;
    private DateTimeOffset _holderUntil;
    private bool _isReleased;

    /// <summary>Nothing can be queued, and nothing is.</summary>
    public bool MayExpire => _state is null || (_isReleased && _state.IsEmpty && _entries.IsEmpty);

    public HotInstallation InstallEpoch(long epoch, bool isVouchedFor, ModelHotStep step)
    {
        var former = StateAt(step.Now);
        if (KnownEpoch > epoch)
            return new HotInstallation(false, step.RunId, former);
        Take(_state ?? Nothing(), epoch);
        // Records without an outbox came from cold, which therefore has all of them.
        if (_meta is { } meta)
            MoveOutboxTo(meta.Incarnation, meta.Version);
        if (isVouchedFor)
            _state = _state! with { RunId = step.RunId };
        return new HotInstallation(true, step.RunId, former);
    }

    public HotQueueResult Queue(QueuedCommit commit, ModelHotStep step)
    {
        var patches = commit.Patches;
        var version = _meta?.Version ?? 0;
        // Of nothing at all, not even of another epoch, nobody was fenced.
        if (_state is not { } state)
            return new HotQueueResult(KnownEpoch > commit.Epoch ? HotQueueStatus.Fenced : HotQueueStatus.NoMeta, version);
        if (state.Epoch != commit.Epoch || KnownEpoch > commit.Epoch)
            return new HotQueueResult(HotQueueStatus.Fenced, version);
        if (_ended >= commit.Incarnation || (Life != 0 && Life != commit.Incarnation))
            return new HotQueueResult(HotQueueStatus.IncarnationEnded, version);
        if (_commitsOf == commit.Incarnation && _commits.FindIndex(c => c.Id == patches[^1].CommitId) is >= 0 and var known)
            return new HotQueueResult(HotQueueStatus.Repeated, _commits[known].Version);
        if (_meta is not { } meta || meta.RunId != step.RunId || (state.RunId != step.RunId && !commit.IsGivenAgain))
            return new HotQueueResult(HotQueueStatus.NoMeta, version);
        for (var i = 0; i < patches.Count; i++)
        {
            if (patches[i].Predecessor != (i == 0 ? version : patches[i - 1].Version))
                return new HotQueueResult(HotQueueStatus.OutOfOrder, version);
        }

        Trim(commit.Incarnation, commit.DrainedVersion);
        foreach (var patch in patches)
        {
            Put(patch.Changes, patch.Version);
            Remember(commit.Incarnation, [.. patch.Absorbed, new CommitMark(patch.CommitId, patch.Version)]);
        }

        _entries = _entries.AddRange(patches.Select(p => new OutboxEntry(commit.Incarnation, commit.Epoch, Kept(p))));
        _meta = meta with { Version = patches[^1].Version, Epoch = commit.Epoch, GoodUntil = commit.GoodUntil };
        _state = _state! with { Incarnation = commit.Incarnation, Version = _meta.Version };
        _isReleased = false;
        step.Tell(commit.Session, new HotChange(commit.Incarnation, _meta.Version));
        return new HotQueueResult(HotQueueStatus.Queued, _meta.Version);
    }

    public long? Adopt(HotAdoption adoption, ModelHotStep step)
    {
        var meta = adoption.Meta;
        if (KnownEpoch > meta.Epoch || Life > meta.Incarnation || _ended >= meta.Incarnation)
            return null;

        Take(_state ?? Nothing(), meta.Epoch);
        var had = VersionIn(meta.Incarnation);
        var version = Math.Max(had, meta.Version);
        if (had < meta.Version || _meta is null)
            _records = _records.Clear();
        if (_meta?.Incarnation != meta.Incarnation)
            _dataKeys = [];
        MoveOutboxTo(meta.Incarnation, version);
        Trim(meta.Incarnation, meta.Version);
        // Where the records were dropped and the outbox was not: nobody may take cold's older records for those that are queued.
        foreach (var entry in _meta is null ? _entries : [])
            Put(entry.Patch.Changes, entry.Patch.Version);
        PutDataKeys(adoption.DataKeys);
        var isWhole = adoption.IsWhole && version >= adoption.WholeAt;
        _meta = meta with { Version = version, RunId = step.RunId, GoodUntil = isWhole || !adoption.IsWhole ? meta.GoodUntil : DateTimeOffset.UnixEpoch };
        if (isWhole)
            _state = _state! with { RunId = step.RunId };
        return version;
    }

    public IReadOnlyList<OutboxEntry> ReadOutbox(long aboveVersion, int limit) => [.. _entries.Where(e => e.Patch.Version > aboveVersion).Take(limit)];

    public bool Acknowledge(long epoch, long incarnation, long throughVersion)
    {
        // Under another lease, what stands here is not the caller's, and may be another than cold has at that version.
        if (_state?.Epoch == epoch)
            Trim(incarnation, throughVersion);
        return true;
    }

    public bool? Renew(long epoch, DateTimeOffset until)
    {
        if (KnownEpoch > epoch)
            return false;
        // An older epoch: hot went back, or the lease never came here. Nobody fenced it.
        if (_state?.Epoch != epoch)
            return null;
        if (_holderUntil < until)
            _holderUntil = until;
        return true;
    }

    public bool Release(long epoch)
    {
        if (_state?.Epoch != epoch)
            return false;
        _isReleased = true;
        _holderUntil = default;
        return true;
    }

    public bool Park(long epoch, ParkedEntry? entry)
    {
        if (_state?.Epoch != epoch || KnownEpoch > epoch)
            return false;
        _state = _state with { Parked = entry };
        return true;
    }

    public bool Discard(long epoch, long throughIncarnation, ModelHotStep step)
    {
        _generation++;
        _ended = Math.Max(_ended, throughIncarnation);
        if (_meta?.Incarnation <= throughIncarnation)
            DropRecords();
        if (_commitsOf <= throughIncarnation)
            _commits = [];
        if (_state is { Incarnation: not 0 } state && state.Incarnation <= throughIncarnation)
        {
            _entries = [];
            _state = Nothing() with { Epoch = state.Epoch, RunId = state.RunId };
        }

        if (KnownEpoch < epoch)
        {
            Take(_state ?? Nothing(), epoch);
            _isReleased = true;
        }

        return true;
    }

    private HotOutboxState? StateAt(DateTimeOffset now) => _state is { } state ? state with { HolderLives = _holderUntil > now } : null;

    /// <summary>What begins where nothing is known: whether something was there before, nobody vouches for until the holder does.</summary>
    private static HotOutboxState Nothing() => new() { Incarnation = 0, Epoch = 0, Version = 0, DrainedVersion = 0, RunId = "" };

    private void Take(HotOutboxState state, long epoch)
    {
        _state = state with { Epoch = epoch };
        _isReleased = false;
    }

    /// <summary>What cold has, or hot knows to come up to: a former life's outbox ends, and nothing is behind any more.</summary>
    private void MoveOutboxTo(long incarnation, long version)
    {
        if (_state is not { } state || state.Incarnation > incarnation)
            return;
        if (state.Incarnation != incarnation)
        {
            _entries = [];
            _state = state with { Incarnation = incarnation, Version = version, DrainedVersion = version, Parked = null };
        }
        else if (state.Version < version)
        {
            _state = state with { Version = version };
            Trim(incarnation, version);
        }
    }

    private void Trim(long incarnation, long through)
    {
        if (_state is not { } state || state.Incarnation != incarnation)
            return;
        _entries = _entries.RemoveAll(e => e.Patch.Version <= through);
        _state = state with
        {
            DrainedVersion = Math.Max(state.DrainedVersion, through),
            Parked = state.Parked?.Version <= through ? null : state.Parked,
        };
    }

    private void Remember(long incarnation, IReadOnlyList<CommitMark> commits)
    {
        if (_commitsOf != incarnation)
            _commits = [];
        _commitsOf = incarnation;
        var all = _commits.AddRange(commits.Where(c => _commits.All(known => known.Id != c.Id))).Sort(static (a, b) => a.Version.CompareTo(b.Version));
        _commits = all.RemoveRange(0, Math.Max(0, all.Count - AuthLimits.RememberedCommits));
    }

    private static SealedPatch Kept(SealedPatch patch) => new()
    {
        CommitId = patch.CommitId,
        Predecessor = patch.Predecessor,
        Version = patch.Version,
        Absorbed = [.. patch.Absorbed],
        Changes = [.. patch.Changes.Select(static c => c.Envelope is { } envelope ? c with { Envelope = envelope.ToArray() } : c)],
    };
}
