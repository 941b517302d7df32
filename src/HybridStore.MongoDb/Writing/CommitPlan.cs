using HybridStore.Tiers;

namespace HybridStore.MongoDb.Writing;

/// <summary>What a commit comes to, decided on the session as the transaction has read it, in the contract's order, without I/O.</summary>
internal sealed class CommitPlan
{
    private readonly ColdCommit _commit;
    private readonly SessionState _state;
    private readonly List<(SealedPatch Patch, long Version)> _patches = [];
    private readonly Dictionary<AuthKey, (SealedChange Change, long Version)> _changes = [];

    private CommitPlan(ColdCommit commit, SessionState state) => (_commit, _state) = (commit, state);

    /// <summary>Why nothing is written; <see langword="null"/>: it is to be.</summary>
    public ColdCommitResult? Refusal { get; private set; }

    /// <summary>What becomes of each record.</summary>
    public IReadOnlyCollection<(SealedChange Change, long Version)> Changes => _changes.Values;

    /// <summary>The commits that are to be remembered, in order.</summary>
    public List<CommitMark> Made { get; } = [];

    public static CommitPlan Make(ColdCommit commit, SessionState state)
    {
        var plan = new CommitPlan(commit, state);
        plan.Refusal = plan.Check() ?? plan.Walk();
        return plan;
    }

    public ColdCommitResult Answer(ColdCommitStatus status, long previousVersion = 0) => new()
    {
        Status = status,
        Incarnation = Session.Exists ? Session.Incarnation : 0,
        Version = Session.Version,
        Epoch = Session.Epoch,
        PreviousVersion = previousVersion,
    };

    public long RollbackMark(long previousVersion) => _commit.Rollback switch
    {
        RollbackChange.Clear => 0,
        RollbackChange.Set when Session.RolledBackAt == 0 => previousVersion,
        _ => Session.RolledBackAt,
    };

    /// <summary>The version that the commit makes.</summary>
    public long Version => _patches[^1].Version;

    private SessionDocument Session => _state.Document;

    private ColdCommitResult? Check()
    {
        var last = _commit.Patches[^1];
        if (_commit.Incarnation != Session.CommitIncarnation)
            return Answer(ColdCommitStatus.IncarnationEnded);
        if (Session.FindMade(last.CommitId) is var made and > 0)
            return Answer(ColdCommitStatus.Repeated) with { Version = made };
        if (Session.Version < _commit.SeenVersion)
            return Answer(ColdCommitStatus.WentBack);
        if (_commit.Epoch != 0 ? _commit.Epoch != Session.Epoch : Session.NeedsEpoch(_state.Now))
            return Answer(ColdCommitStatus.Fenced);
        if (Session.Exists ? _commit.SealedWith != Session.DataKey : _commit.NewDataKey is null)
            return Answer(ColdCommitStatus.DataKeyChanged);
        if (!TryOrder())
            return Answer(ColdCommitStatus.OutOfOrder);

        // All of it is there, though its commit ids are not: too long ago, or taken in as part of a coalesced range.
        return _patches.Count == 0 ? Answer(ColdCommitStatus.Repeated) with { Version = last.Version } : null;
    }

    // Which patches are to be applied, and the version that each makes. False: something before one of them is missing, or it straddles the session's version.
    private bool TryOrder()
    {
        long version = Session.Version;
        foreach (var patch in _commit.Patches)
        {
            if (patch.Predecessor is not { } predecessor)
            {
                if (Session.FindMade(patch.CommitId) == 0)
                    _patches.Add((patch, ++version));
            }
            else if (patch.Version > version)
            {
                if (predecessor != version)
                    return false;
                _patches.Add((patch, version = patch.Version));
            }
        }

        return true;
    }

    // Each patch finds what those before it have made, so that what is written at the end is one change for each record.
    private ColdCommitResult? Walk()
    {
        long version = Session.Version;
        foreach (var (patch, next) in _patches)
        {
            if (FindConflict(patch, version) is { } conflict)
                return Answer(ColdCommitStatus.Conflict) with { Conflict = conflict };
            foreach (var change in patch.Changes)
                _changes[change.Key] = (change, change.VersionIn(next));
            Made.AddRange(patch.Absorbed);
            Made.Add(new CommitMark(patch.CommitId, next));
            version = next;
        }

        return null;
    }

    private CommitConflict? FindConflict(SealedPatch patch, long version)
    {
        if (patch.ExpectedSessionVersion is { } expected && expected != version)
            return new CommitConflict(null, expected, version);
        foreach (var expectation in patch.Expectations)
        {
            long actual = VersionOf(expectation.Key);
            if (actual != expectation.Version)
                return new CommitConflict(expectation.Key, expectation.Version, actual);
        }

        return null;
    }

    private long VersionOf(AuthKey key)
    {
        if (_changes.TryGetValue(key, out var changed))
            return changed.Change.Envelope is null ? 0 : changed.Version;
        return _state.Versions.GetValueOrDefault(key);
    }
}
