using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>What cold took, session by session and step by step, with what every record was after each: what a client is told must agree with it.</summary>
internal sealed class SimHistory(TimeProvider time)
{
    private readonly Dictionary<AuthSessionId, List<SimPoint>> _sessions = [];
    private readonly Dictionary<CommitId, AuthPatch> _patches = [];
    private readonly Dictionary<CommitId, SeenMark> _taken = [];
    private readonly Dictionary<AuthSessionId, int> _acknowledged = [];
    private readonly Dictionary<AuthSessionId, int> _deletions = [];

    /// <summary>Tells what a commit id will mean.</summary>
    public void Announce(AuthPatch patch) => _patches[patch.CommitId] = patch;

    /// <summary>Gives a commit that is applied again another name, under which the tier does not know it.</summary>
    public CommitId Rename(CommitId commit)
    {
        if (!_taken.ContainsKey(commit))
            return commit;
        var other = CommitId.New();
        _patches[other] = _patches[commit];
        return other;
    }

    public IReadOnlyList<SimPoint> Of(AuthSessionId session)
    {
        if (!_sessions.TryGetValue(session, out var points))
            _sessions[session] = points = [new SimPoint(default, time.GetUtcNow(), [])];
        return points;
    }

    public int Last(AuthSessionId session) => Of(session).Count - 1;

    /// <summary>The last point that was there at a time.</summary>
    public int LastAt(AuthSessionId session, DateTimeOffset at)
    {
        var points = Of(session);
        var i = points.Count - 1;
        while (i > 0 && points[i].Time > at)
            i--;
        return i;
    }

    /// <summary>The furthest point that the commit of any client was told to have reached.</summary>
    public int Acknowledged(AuthSessionId session) => _acknowledged.GetValueOrDefault(session);

    public int Find(AuthSessionId session, SeenMark mark)
    {
        var points = Of(session);
        for (var i = points.Count - 1; i >= 0; i--)
        {
            if (points[i].Mark == mark)
                return i;
        }

        throw new SimFailure($"{session} was never at {mark}.");
    }

    public void Committed(ColdCommit commit, ColdCommitResult result, SimProcess process)
    {
        var points = (List<SimPoint>)Of(commit.Session);
        var version = result.PreviousVersion;
        foreach (var sealedPatch in commit.Patches)
        {
            // A step may bring along what is there already; the tier leaves that out.
            if (_taken.ContainsKey(sealedPatch.CommitId) && result.Version - result.PreviousVersion < commit.Patches.Count)
                continue;
            version++;
            var patch = _patches[sealedPatch.CommitId];
            var before = points[^1];
            var mark = new SeenMark(result.Incarnation, version);
            if (_taken.ContainsKey(sealedPatch.CommitId))
                throw new SimFailure($"{process.Name}'s commit {sealedPatch.CommitId} was applied twice.");
            if (mark <= before.Mark)
                throw new SimFailure($"{commit.Session} went from {before.Mark} to {mark}.");
            foreach (var expectation in patch.Expectations)
            {
                if (before.VersionOf(expectation.Key) != expectation.Version)
                    throw new SimFailure($"{process.Name}'s commit expected {expectation.Key} at {expectation.Version}, and it was at {before.VersionOf(expectation.Key)}.");
            }

            var records = new Dictionary<AuthKey, (int Value, long Version)>(before.Records);
            var written = sealedPatch.Changes.Select(static c => c.Key).ToHashSet();
            foreach (var change in patch.Changes)
            {
                var value = change.Value is { } bytes ? SimPoint.Number(bytes) : (int?)null;
                if (!written.Contains(change.Key))
                {
                    // Left out as unchanged: then it was.
                    if (value != (records.TryGetValue(change.Key, out var held) ? held.Value : null))
                        throw new SimFailure($"{process.Name} took {change.Key} for unchanged at {before.Mark}, and it was not.");
                }
                else if (value is { } set)
                {
                    records[change.Key] = (set, version);
                }
                else
                {
                    records.Remove(change.Key);
                }
            }

            _taken[sealedPatch.CommitId] = mark;
            points.Add(new SimPoint(mark, time.GetUtcNow(), records));
        }

        if (version != result.Version)
            throw new SimFailure($"{process.Name}'s step ended at {result.Version}, and its patches at {version}.");
    }

    /// <summary>How often a session was deleted, one that is held and was not created yet included.</summary>
    public int Deletions(AuthSessionId session) => _deletions.GetValueOrDefault(session);

    public void Deleted(AuthSessionId session, ColdDeletion deletion)
    {
        _deletions[session] = Deletions(session) + 1;
        if (deletion.Existed)
            ((List<SimPoint>)Of(session)).Add(new SimPoint(SeenMark.EndOf(deletion.Incarnation), time.GetUtcNow(), []));
    }

    /// <summary>A client was told that its commit is kept.</summary>
    /// <returns>The point that it made.</returns>
    public int CheckReceipt(AuthSessionId session, CommitReceipt receipt)
    {
        if (!_taken.TryGetValue(receipt.CommitId, out var mark))
            throw new SimFailure($"The commit {receipt.CommitId} was acknowledged and never taken.");
        if (mark != new SeenMark(receipt.Incarnation, receipt.Version))
            throw new SimFailure($"The commit {receipt.CommitId} made {mark}, and its receipt says {receipt}.");
        var point = Find(session, mark);

        // By a repeat, somebody else can learn of a commit while its own writer still waits for the answer.
        if (!receipt.IsRepeat)
            _acknowledged[session] = Math.Max(Acknowledged(session), point);
        return point;
    }
}
