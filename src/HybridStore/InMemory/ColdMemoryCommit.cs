using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>One commit: what it depends on is checked in the contract's order, and then all of it is applied, to a session that nobody sees before.</summary>
internal static class ColdMemoryCommit
{
    public static (ColdCommitResult Result, ColdMemorySession After) Apply(ColdCommit commit, ColdMemorySession session, DateTimeOffset now)
    {
        var last = commit.Patches[^1];
        if (commit.Incarnation != session.CommitIncarnation)
            return (Answer(session, ColdCommitStatus.IncarnationEnded), session);
        if (FindMade(session, last) is var made and > 0)
            return (Answer(session, ColdCommitStatus.Repeated) with { Version = made }, session);
        if (session.Version < commit.SeenVersion)
            return (Answer(session, ColdCommitStatus.WentBack), session);
        if (commit.Epoch != 0 ? commit.Epoch != session.Epoch : session.NeedsEpoch(now))
            return (Answer(session, ColdCommitStatus.Fenced), session);
        if (session.Exists ? commit.SealedWith != session.DataKeys[0].Id : commit.NewDataKey is null)
            return (Answer(session, ColdCommitStatus.DataKeyChanged), session);
        if (Plan(commit, session) is not { } plan)
            return (Answer(session, ColdCommitStatus.OutOfOrder), session);

        // All of it is there, though its commit ids are not: too long ago, or taken in as part of a coalesced range.
        return plan.Count == 0
            ? (Answer(session, ColdCommitStatus.Repeated) with { Version = last.Version }, session)
            : Write(commit, session, plan, now);
    }

    // Which patches are to be applied, and the version that each makes. Null: something before one of them is missing, or it straddles the session's version.
    private static List<(SealedPatch Patch, long Version)>? Plan(ColdCommit commit, ColdMemorySession session)
    {
        var plan = new List<(SealedPatch, long)>(commit.Patches.Count);
        var version = session.Version;
        foreach (var patch in commit.Patches)
        {
            if (patch.Predecessor is not { } predecessor)
            {
                if (FindMade(session, patch) == 0)
                    plan.Add((patch, ++version));
            }
            else if (patch.Version > version)
            {
                if (predecessor != version)
                    return null;
                plan.Add((patch, version = patch.Version));
            }
        }

        return plan;
    }

    private static (ColdCommitResult Result, ColdMemorySession After) Write(
        ColdCommit commit, ColdMemorySession before, List<(SealedPatch Patch, long Version)> plan, DateTimeOffset now)
    {
        var after = commit.Epoch == 0 ? before.EndLeaseThatRanOut() : before;
        if (!before.Exists)
            after = after with { Incarnation = commit.Incarnation, CreatedAt = now, DataKeys = [commit.NewDataKey!], Records = ColdMemoryRecords.Empty, Commits = ColdMemoryCommits.None };
        var records = after.Records.ToBuilder();
        foreach (var (patch, version) in plan)
        {
            if (FindConflict(patch, after.Version, key => records.Find(key).Version) is { } conflict)
                return (Answer(before, ColdCommitStatus.Conflict) with { Conflict = conflict }, before);
            foreach (var change in patch.Changes)
                records.Apply(change, change.VersionIn(version));
            foreach (var absorbed in patch.Absorbed)
                after = after.Remember(absorbed.Id, absorbed.Version);
            after = after.Remember(patch.CommitId, version);
        }

        after = after with { Records = records.ToImmutable(), UpdatedAt = now, RolledBackAt = RollbackMark(commit, before) };
        if (commit.History is { } kept)
            after = after with { History = ColdMemoryHistory.After(before, after, plan.SelectMany(static p => p.Patch.Changes).Select(static c => c.Key), kept) };
        else if (after.History is not null)
            after = after with { History = null };
        return (Answer(after, ColdCommitStatus.Committed) with { PreviousVersion = before.Version }, after);
    }

    private static long RollbackMark(ColdCommit commit, ColdMemorySession before) => commit.Rollback switch
    {
        RollbackChange.Clear => 0,
        RollbackChange.Set when before.RolledBackAt == 0 => before.Version,
        _ => before.RolledBackAt,
    };

    private static CommitConflict? FindConflict(SealedPatch patch, long version, Func<AuthKey, long> versionOf)
    {
        if (patch.ExpectedSessionVersion is { } expected && expected != version)
            return new CommitConflict(null, expected, version);
        foreach (var expectation in patch.Expectations)
        {
            var actual = versionOf(expectation.Key);
            if (actual != expectation.Version)
                return new CommitConflict(expectation.Key, expectation.Version, actual);
        }

        return null;
    }

    private static long FindMade(ColdMemorySession session, SealedPatch patch) => session.Exists ? session.FindCommit(patch.CommitId) : 0;

    private static ColdCommitResult Answer(ColdMemorySession session, ColdCommitStatus status) => new()
    {
        Status = status,
        Incarnation = session.Exists ? session.Incarnation : 0,
        Version = session.Version,
        Epoch = session.Epoch,
    };
}
