using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>What the tiers really took, session by session and step by step, with what every record was after each: what a client is told must agree with it.</summary>
/// <remarks>A commit is taken by whichever tier has it first. Cold follows, in order; where it goes another way, what it leaves aside is lost, and somebody has to answer for that.</remarks>
internal sealed class SimHistory(TimeProvider time)
{
    private readonly Dictionary<AuthSessionId, SimSession> _sessions = [];
    private readonly Dictionary<CommitId, AuthPatch> _patches = [];
    private readonly Dictionary<CommitId, SimTransaction> _transactions = [];

    /// <summary>How often hot was made to lose something, or to look as if it had.</summary>
    public int Lies { get; private set; }

    /// <summary>Whether cold was set back, and with it the leases that it has granted, and their epochs.</summary>
    public bool LeasesWentBack { get; private set; }

    /// <summary>Tells what a commit id will mean.</summary>
    public void Announce(AuthPatch patch) => _patches[patch.CommitId] = patch;

    /// <summary>A process sends a commit: one that nobody announced is that of its transaction.</summary>
    public void Sent(AuthSessionId session, IReadOnlyList<SealedPatch> patches, SimProcess process)
    {
        foreach (var sent in patches)
        {
            if (_patches.ContainsKey(sent.CommitId) || sent.Changes.Count == 0 || !process.Transactions.TryGetValue(session, out var transaction))
                continue;
            var patch = new AuthPatch(sent.CommitId);
            foreach (var (key, value) in transaction.Written)
                patch.Set(key, SimPoint.Bytes(key, value));
            _patches[sent.CommitId] = patch;
            _transactions[sent.CommitId] = transaction;
        }
    }

    /// <summary>Cold took an import.</summary>
    public void Imported(AuthSessionId id, SeenMark mark, CommitId commit, IReadOnlyDictionary<AuthKey, int> values)
    {
        var session = Get(id);
        var before = session.Points[^1].Mark;
        if (before.Incarnation != 0 && !before.IsEnd)
            throw new SimFailure($"{id} was imported at {mark}, and it was at {before}.");
        session.Taken[commit] = mark;
        session.Points.Add(new SimPoint(mark, time.GetUtcNow(), values.ToDictionary(static v => v.Key, v => (v.Value, mark.Version)))
        {
            Commit = commit, Written = values.Keys.ToHashSet(), IsInCold = true,
        });
    }

    /// <summary>An operator is about to give up what a session has queued.</summary>
    public void GivenUp(AuthSessionId session) => Get(session).IsGivenUp = true;

    /// <summary>Whether cold was set back behind what it had of the session.</summary>
    public bool ColdWentBack(AuthSessionId session) => Get(session).WentBack;

    /// <summary>Where a session is in the end. What no tier has any more, and nobody was told to be kept, is as if it had never been.</summary>
    public SimPoint Last(AuthSessionId session) => Of(session).Last(static p => p is { IsLost: false, IsNowhere: false });

    /// <summary>Whether cold, since it went back, has come to a version again that it had lost: nobody can tell the two by it.</summary>
    public bool HasTwoBranches(AuthSessionId session) => Get(session).HasTwoBranches;

    /// <summary>Whether two commits have, or had, one place.</summary>
    public bool HasReplaced(AuthSessionId session) => HasReplaced(Get(session));

    /// <summary>Whether hot may have one of two histories, and what cold has taken since beside it: it was to let the session go, and was not reached.</summary>
    public bool IsHotWrong(AuthSessionId session) => Get(session).IsHotWrong;

    public bool HasParked(AuthSessionId session) => Get(session).HasParked;

    /// <summary>Hot keeps a commit of the one of two histories for a person to look at: who opens the session is shown it on top of what cold has.</summary>
    public void Parked(AuthSessionId session)
    {
        if (LeasesWentBack)
            Get(session).HasParked = true;
    }

    /// <summary>Hot did not let a session go.</summary>
    public void NotEvicted(AuthSessionId session)
    {
        if (!LeasesWentBack)
            return;
        var state = Get(session);
        state.IsHotWrong = true;
        state.HasTwoBranches |= state.Points.Exists(p => p.IsLost && state.Points.Exists(o => o != p && o.Mark == p.Mark));
    }

    /// <summary>Whether cold has lost a point and hot has it yet: whoever reads or opens the session may bring it back.</summary>
    public bool MayComeBack(AuthSessionId session, int point) => LeasesWentBack && Get(session).Points[point] is { IsLost: true } lost && (lost.IsInHot || lost.WasGivenToHot);

    /// <summary>Cold is an older copy of itself from here on.</summary>
    /// <param name="id">The session.</param>
    /// <param name="head">As the copy has it.</param>
    /// <param name="forgotten">The epochs that it had issued since.</param>
    public void ColdWentBack(AuthSessionId id, SessionHead? head, (long After, long Through) forgotten)
    {
        var session = Get(id);
        var mark = head is null ? default : new SeenMark(head.Incarnation, head.Version);
        LeasesWentBack = true;
        session.OpenedEpoch = head?.Epoch ?? 0;
        session.Forgotten = forgotten;
        session.ForgottenAhead = head is { AheadEpoch: not 0 } ? 0 : forgotten.After;

        // What hot alone has stands on what cold has yet: its holder goes on.
        if (!session.Points.Exists(p => p.Mark > mark && (p is { IsLost: false, IsInCold: true } or { IsLost: false, Commit.IsEmpty: true })))
            return;
        Lies++;
        foreach (var point in session.Points.Where(p => p.Mark > mark))
        {
            (point.IsLost, point.MayBeLost) = (true, true);
            session.Taken.Remove(point.Commit);
        }

        session.WentBack = true;
        session.IsRolledBack = head is { RolledBackAt: not 0 };
        var copied = session.Points.FindLast(p => p.Mark == mark && !p.IsLost) ?? throw new SimFailure($"Cold was set back to {mark} of {id}, where it never was.");
        session.Points.Add(copied with { Time = time.GetUtcNow() });
    }

    /// <summary>Gives a commit that is applied again another name, under which the tier does not know it.</summary>
    public CommitId Rename(AuthSessionId session, CommitId commit)
    {
        if (!Get(session).Taken.ContainsKey(commit))
            return commit;
        var other = CommitId.New();
        _patches[other] = _patches[commit];
        return other;
    }

    public IReadOnlyList<SimPoint> Of(AuthSessionId session) => Get(session).Points;

    /// <summary>The last point that was there at a time. What is as if it had never been (<see cref="Last"/>) is nothing that a reader must find.</summary>
    public int LastAt(AuthSessionId session, DateTimeOffset at)
    {
        var points = Of(session);
        var i = points.Count - 1;
        while (i > 0 && (points[i].Time > at || points[i].IsNowhere))
            i--;
        return i;
    }

    /// <summary>
    /// The last point up to another that cold can tell of by itself: it has forgotten some leases, or that one may queue, and with them that it may be behind what is queued under them. Who does not reach hot can't know.
    /// </summary>
    public int LastWithoutForgottenLeases(AuthSessionId id, int point)
    {
        var session = Get(id);
        while (session.Points[point] is { IsInCold: false } queued && (session.HasForgotten(queued.Epoch) || (queued.Epoch != 0 && queued.Epoch == session.ForgottenAhead)))
            point--;
        return point;
    }

    /// <summary>The furthest point that the commit of any client was told to have reached.</summary>
    public int Acknowledged(AuthSessionId session) => Get(session).Acknowledged;

    /// <summary>How often a session was deleted, one that is held and was not created yet included.</summary>
    public int Deletions(AuthSessionId session) => Get(session).Deletions;

    /// <summary>Whether commits of the session were lost, or may have been, and nobody has acknowledged it.</summary>
    public bool IsRolledBack(AuthSessionId session) => Get(session).IsRolledBack;

    /// <summary>The highest epoch under which the session was opened, and everything before that taken over.</summary>
    public long OpenedEpoch(AuthSessionId session) => Get(session).OpenedEpoch;

    public void Opened(AuthSessionId session, long epoch) => Get(session).OpenedEpoch = Math.Max(epoch, OpenedEpoch(session));

    /// <summary>Whether something was taken that has no place: under an epoch that hot had forgotten was taken over, or for a life that had just ended.</summary>
    public bool HasVoid(AuthSessionId session) => Get(session).Void.Count > 0;

    /// <summary>Whether a record was ever so in a commit that has no place; what it did not write itself is so only for who has made that commit, or has seen it.</summary>
    public bool AgreesWithVoid(AuthSessionId session, AuthRecord record, SeenMark furthest) => Get(session).Void.Exists(p => p.Agrees(record) && (p.Mark <= furthest || p.Written.Contains(record.Key)));

    /// <summary>The points of a mark, the newest first: a commit that nobody was told of may have been lost, and another has its version now.</summary>
    public IEnumerable<int> FindAll(AuthSessionId session, SeenMark mark)
    {
        var points = Of(session);
        for (var i = points.Count - 1; i >= 0; i--)
        {
            if (points[i].Mark == mark)
                yield return i;
        }
    }

    /// <summary>Hot lost what it had; or all but some of it.</summary>
    /// <param name="kept">What it still has, and had when that was <see cref="WhatHotHas">asked</see>.</param>
    public void HotLied(IReadOnlySet<SimPoint> kept)
    {
        Lies++;
        foreach (var session in _sessions.Values)
        {
            foreach (var point in session.Points)
            {
                point.WasGone |= point.IsInHot && !kept.Contains(point);
                point.IsInHot = kept.Contains(point);
            }
        }
    }

    /// <summary>A holder told hot that it has everything, or hot let the session go: from the one to the other, nobody may doubt what hot says.</summary>
    public void VouchedFor(AuthSessionId session, bool isVouchedFor) => Get(session).IsVouchedFor = isVouchedFor;

    /// <summary>Hot was given the records of a session, by its holder or by who has committed: a holder who does not know that cold went back gives them again and again.</summary>
    public void GivenToHot(AuthSessionId session, SeenMark mark)
    {
        foreach (var point in Get(session).Points.Where(p => p.Mark.Incarnation == mark.Incarnation && p.Mark <= mark))
            point.WasGivenToHot = true;
    }

    public IReadOnlySet<SimPoint> WhatHotHas() =>
        new HashSet<SimPoint>(_sessions.Values.SelectMany(static s => s.Points).Where(static p => p.IsInHot), ReferenceEqualityComparer.Instance);

    /// <summary>Cold took a commit.</summary>
    public void Committed(ColdCommit commit, ColdCommitResult result, SimProcess process)
    {
        var version = result.PreviousVersion;
        foreach (var patch in commit.Patches)
        {
            if (patch.Predecessor is not { } predecessor)
            {
                // A step may bring along what is there already; the tier leaves that out.
                var taken = Get(commit.Session).Taken.ContainsKey(patch.CommitId);
                if (taken && result.Version - result.PreviousVersion < commit.Patches.Count)
                    continue;
                if (taken)
                    throw new SimFailure($"{process.Name}'s commit {patch.CommitId} was applied twice.");
                version++;
                LoseWhatHotAloneHas(commit.Session, new SeenMark(result.Incarnation, version));
                Add(commit.Session, new SeenMark(result.Incarnation, version), patch, commit.Epoch, process).IsInCold = true;
                continue;
            }

            if (patch.Version <= version)
                continue;
            if (predecessor != version)
                throw new SimFailure($"Cold was at {version}, and took a commit of {process.Name} that belongs behind {predecessor}.");
            version = patch.Version;
            foreach (var point in Take(commit, result.Incarnation, patch, process))
                point.IsInCold = true;
        }

        if (version != result.Version)
            throw new SimFailure($"{process.Name}'s step ended at {result.Version}, and its patches at {version}.");
    }

    /// <summary>Hot took a commit into its outbox, or has it already.</summary>
    public void Queued(QueuedCommit commit, SimProcess process)
    {
        var session = Get(commit.Session);
        var last = session.Points[^1].Mark;
        foreach (var patch in commit.Patches)
        {
            var isLate = commit.Incarnation < last.Incarnation || (last.IsEnd && commit.Incarnation == last.Incarnation);

            // Nobody has told hot yet; whoever opens the session next is not told of it, as it is over or was taken over.
            if (isLate || (commit.Epoch < session.OpenedEpoch && (Lies > 0 || LeasesWentBack)))
            {
                var place = new SeenMark(commit.Incarnation, patch.Predecessor!.Value);
                if (!session.Taken.ContainsKey(patch.CommitId))
                    session.Void.Add(Make(new SeenMark(commit.Incarnation, patch.Version), patch, commit.Epoch, session.Void.FindLast(p => p.Mark == place) ?? session.Points.FindLast(p => p.Mark == place), isVoid: true));
                continue;
            }

            // It goes on from what cold has lost: hot alone can't know, and whoever brings it to cold is told. So it is of a commit that somebody else has repeated where cold is now, and of
            // one of two that hold an epoch which cold has forgotten and issued again, where the other was first.
            var isElsewhere = session.Taken.TryGetValue(patch.CommitId, out var there) ? there != new SeenMark(commit.Incarnation, patch.Version) : patch.Predecessor != session.Points[^1].Mark.Version;
            if (isElsewhere && (session.WentBack || session.HasForgotten(commit.Epoch)))
            {
                var before = new SeenMark(commit.Incarnation, patch.Predecessor!.Value);
                session.Void.Add(Make(new SeenMark(commit.Incarnation, patch.Version), patch, commit.Epoch, session.Void.FindLast(p => p.Mark == before) ?? session.Points.FindLast(p => p.Mark == before && p.IsLost)));
                continue;
            }

            if (commit.Epoch < session.OpenedEpoch && !session.Taken.ContainsKey(patch.CommitId))
                throw new SimFailure($"Hot took {process.Name}'s commit under {commit.Epoch}, after the session was opened under {session.OpenedEpoch}.");
            foreach (var point in Take(commit.Session, commit.Incarnation, commit.Epoch, patch, WrittenAfter(commit.Patches, patch), process))
                point.IsInHot = true;
        }
    }

    public void Deleted(AuthSessionId id, ColdDeletion deletion)
    {
        var session = Get(id);
        session.Deletions++;
        if (!deletion.Existed)
            return;
        session.IsRolledBack = session.IsVouchedFor = false;
        session.Taken.Clear();
        session.Points.Add(new SimPoint(SeenMark.EndOf(deletion.Incarnation), time.GetUtcNow(), []) { Epoch = deletion.Epoch });
    }

    /// <summary>A client was told that its commit is kept.</summary>
    /// <returns>The point that it made.</returns>
    public int CheckReceipt(AuthSessionId id, AuthPatch patch, CommitReceipt receipt)
    {
        var session = Get(id);
        var mark = new SeenMark(receipt.Incarnation, receipt.Version);
        if (session.Void.Exists(p => p.Commit == receipt.CommitId && p.Mark == mark) && receipt.Outcome == CommitOutcome.Queued)
            return 0;
        var index = session.Points.FindLastIndex(p => p.Commit == receipt.CommitId && p.Mark == mark);

        // Behind a rollback, versions have jumped, and what is remembered with them.
        if (index < 0 && receipt.IsRepeat && WasRolledBack(id, receipt.Incarnation))
            index = session.Points.FindLastIndex(p => p.Commit == receipt.CommitId && p.Mark.Incarnation == receipt.Incarnation && !p.IsLost);
        if (index < 0)
        {
            var made = session.Points.FindLast(p => p.Commit == receipt.CommitId);
            throw new SimFailure(made is null ? $"{receipt} was acknowledged and never taken." : $"The commit made {made.Mark}, and its receipt says {receipt}.");
        }

        var point = session.Points[index];
        if (receipt.Outcome == CommitOutcome.Persisted ? !point.IsInCold : patch.Durability == Durability.Persisted)
            throw new SimFailure($"{receipt} says where the commit is not, or was not to be.");
        if (point.IsLost && !point.MayBeLost)
            throw new SimFailure($"{receipt} was acknowledged after the commit was lost.");
        point.WasAcknowledged = true;

        // By a repeat, somebody else can learn of a commit while its own writer still waits for the answer.
        if (!receipt.IsRepeat)
            session.Acknowledged = Math.Max(session.Acknowledged, index);

        // Cold that went back is at a mark a second time, and a receipt tells not which of them it is of.
        return session.WentBack ? session.Points.FindIndex(p => p.Commit == receipt.CommitId && p.Mark == point.Mark) : index;
    }

    /// <summary>Whether a life of a session was ever rolled back.</summary>
    public bool WasRolledBack(AuthSessionId id, long incarnation) => Get(id).Points.Exists(p => p.Mark.Incarnation == incarnation && !p.Mark.IsEnd && p.Mark.Version > int.MaxValue);

    private List<SimPoint> Take(ColdCommit commit, long incarnation, SealedPatch patch, SimProcess process)
    {
        var session = Get(commit.Session);
        if (commit.Rollback == RollbackChange.Set && session.Taken.ContainsKey(patch.CommitId))
            return Discard(session, new SeenMark(incarnation, patch.Predecessor!.Value), new SeenMark(incarnation, patch.Version));
        if (commit.Rollback == RollbackChange.Set && patch.Changes.Count == 0)
        {
            RollBack(session, new SeenMark(incarnation, patch.Predecessor!.Value), new SeenMark(incarnation, patch.Version), commit.Epoch);
            return [session.Points[^1]];
        }

        if (commit.Rollback == RollbackChange.Clear)
            session.IsRolledBack = false;
        return Take(commit.Session, incarnation, commit.Epoch, patch, WrittenAfter(commit.Patches, patch), process);
    }

    /// <summary>A patch that knows its place: new there, or a range of what was taken before.</summary>
    private List<SimPoint> Take(AuthSessionId id, long incarnation, long epoch, SealedPatch patch, HashSet<AuthKey> writtenAfter, SimProcess process)
    {
        var session = Get(id);
        var (after, made) = (new SeenMark(incarnation, patch.Predecessor!.Value), new SeenMark(incarnation, patch.Version));
        if (session.Taken.TryGetValue(patch.CommitId, out var there))
        {
            if (there != made)
                throw new SimFailure($"{process.Name}'s commit {patch.CommitId} was taken at {there} and again at {made}.");
            var range = session.Points.FindAll(p => !p.IsLost && p.Mark > after && p.Mark <= made);
            if (!range.Select(static p => p.Commit).SequenceEqual([.. patch.Absorbed.Select(static a => a.Id), patch.CommitId]))
                throw new SimFailure($"{process.Name} sent {after} to {made} of {id} without all that is between, or in another order.");
            // What is written over by what is sent along need not be there; all else must.
            var sent = patch.Changes.Select(static c => c.Key).ToHashSet();
            if (patch.Changes.Any(c => range.FindLast(p => p.Written.Contains(c.Key))?.Mark.Version != c.VersionIn(patch.Version)) || range.SelectMany(static p => p.Written).Any(k => !sent.Contains(k) && !writtenAfter.Contains(k)))
                throw new SimFailure($"{process.Name} sent {after} to {made} of {id}, and not all that was written there.");
            return range;
        }

        // What nobody was told of, and no tier has any more, is as if it had never been.
        var before = session.Points[^1].Mark;
        if (!before.IsEnd && before.Incarnation == incarnation && after < before)
            Lose(session, after, byRollback: false, LeasesWentBack);
        else if (before.IsEnd || before.Incarnation != incarnation ? patch.Predecessor != 0 : after != before)
            throw new SimFailure($"{process.Name}'s commit belongs behind {after} of {id}, which was at {before}.");
        return [Add(id, made, patch, epoch, process)];
    }

    private static HashSet<AuthKey> WrittenAfter(IReadOnlyList<SealedPatch> patches, SealedPatch patch) =>
        patches.SkipWhile(p => p != patch).Skip(1).SelectMany(static p => p.Changes).Select(static c => c.Key).ToHashSet();

    /// <summary>An operator gave up the oldest commit that is queued: what was behind it stays, without it.</summary>
    private List<SimPoint> Discard(SimSession session, SeenMark from, SeenMark to)
    {
        var old = session.Points.FindAll(p => !p.IsLost && p.Mark.Incarnation == from.Incarnation && p.Mark > from && !p.Mark.IsEnd);
        var records = session.Points.FindLast(p => p.Mark == from && !p.IsLost)!.Records;
        List<SimPoint> discarded = [];
        foreach (var point in old)
        {
            (point.IsLost, point.MayBeLost) = (true, true);
            var isDiscarded = point.Mark <= to;
            if (!isDiscarded)
            {
                records = new(records);
                foreach (var key in point.Written)
                {
                    if (point.Records.TryGetValue(key, out var written))
                        records[key] = written;
                    else
                        records.Remove(key);
                }
            }

            var without = new SimPoint(point.Mark, time.GetUtcNow(), records)
            {
                Commit = point.Commit, Written = isDiscarded ? new HashSet<AuthKey>() : point.Written, Epoch = point.Epoch, IsInHot = point.IsInHot, WasAcknowledged = point.WasAcknowledged,
            };
            session.Points.Add(without);
            if (isDiscarded)
                discarded.Add(without);
        }

        session.IsRolledBack = true;
        return discarded;
    }

    private static bool HasReplaced(SimSession session) => session.Points.Exists(p => session.Points.Exists(o => o.Commit != p.Commit && o.Mark == p.Mark));

    private void RollBack(SimSession session, SeenMark from, SeenMark to, long epoch)
    {
        // Cold that has forgotten a lease and nothing else has no less than before, until it takes a commit in the place of one that hot alone has.
        if (Lies == 0 && session.IsVouchedFor && !session.IsGivenUp && !(LeasesWentBack && HasReplaced(session)))
            throw new SimFailure($"Rolled back behind {from}, and nothing was lost.");
        Lose(session, from, byRollback: true, LeasesWentBack);
        session.IsRolledBack = true;
        var last = session.Points.FindLast(p => p.Mark == from && !p.IsLost) ?? throw new SimFailure($"Rolled back to {from}, where the session never was.");
        session.Points.Add(new SimPoint(to, time.GetUtcNow(), last.Records) { Epoch = epoch });
    }

    private static void Lose(SimSession session, SeenMark after, bool byRollback, bool leasesWentBack)
    {
        foreach (var point in session.Points.Where(p => !p.IsLost && p.Mark.Incarnation == after.Incarnation && p.Mark > after && !p.Mark.IsEnd))
        {
            point.IsLost = true;
            point.MayBeLost = (byRollback && (session.IsGivenUp || !point.IsInHot || point.WasGone) && !point.IsInCold) || (leasesWentBack && !point.IsInCold);
            session.Taken.Remove(point.Commit);
            if (point.IsInCold || (point.WasAcknowledged && !point.MayBeLost))
                throw new SimFailure($"The commit at {point.Mark} is lost{(byRollback ? ", though hot had it" : ", and nobody says so")}.");
        }
    }

    /// <summary>Cold that has forgotten a lease takes commits without it, and what its holder queued has no place any more.</summary>
    private void LoseWhatHotAloneHas(AuthSessionId id, SeenMark mark)
    {
        if (!LeasesWentBack)
            return;
        var session = Get(id);
        foreach (var point in session.Points.Where(p => p is { IsLost: false, IsInCold: false, Commit.IsEmpty: false } && p.Mark >= mark))
        {
            (point.IsLost, point.MayBeLost) = (true, true);
            session.Taken.Remove(point.Commit);
        }
    }

    private SimPoint Add(AuthSessionId id, SeenMark mark, SealedPatch sealedPatch, long epoch, SimProcess process)
    {
        var session = Get(id);
        var before = session.Points[^1];
        if (mark <= before.Mark && !before.IsLost)
            throw new SimFailure($"{id} went from {before.Mark} to {mark}.");
        var last = before.IsLost ? session.Points.FindLast(static p => !p.IsLost)! : before;
        if (epoch != 0 && epoch < last.Epoch)
            throw new SimFailure($"{process.Name}'s commit under {epoch} was taken after one under {last.Epoch}.");
        session.HasTwoBranches |= (session.WentBack || session.IsHotWrong) && session.Points.Exists(p => p.Mark == mark);
        var point = Make(mark, sealedPatch, epoch, last, session.HasTwoBranches, session.HasForgotten(epoch));
        session.Taken[sealedPatch.CommitId] = mark;
        session.Points.Add(point);
        return point;
    }

    private SimPoint Make(SeenMark mark, SealedPatch sealedPatch, long epoch, SimPoint? before, bool isVoid = false, bool hasTwoHolders = false)
    {
        // Of what has no place, nobody knows what it stands on. Nor does who read the one of two histories and writes the other.
        isVoid |= before is null;
        var records = before is null ? [] : new Dictionary<AuthKey, (int Value, long Version)>(before.Records);
        var written = sealedPatch.Changes.Select(static c => c.Key).ToHashSet();
        if (!isVoid && _transactions.TryGetValue(sealedPatch.CommitId, out var transaction))
        {
            foreach (var (key, value) in transaction.Read)
            {
                var was = before!.Records.TryGetValue(key, out var held) ? held.Value : (int?)null;
                if (was != value)
                    throw new SimFailure($"A transaction that read {key} as {value} was committed at {mark}, where it was {was}.");
            }
        }

        if (_patches.TryGetValue(sealedPatch.CommitId, out var patch))
        {
            foreach (var expectation in patch.Expectations)
            {
                if (!isVoid && before!.VersionOf(expectation.Key) != expectation.Version)
                    throw new SimFailure($"The commit expected {expectation.Key} at {expectation.Version}, and it was at {before.VersionOf(expectation.Key)}.");
            }

            foreach (var change in patch.Changes)
            {
                var value = change.Value is { } bytes ? SimPoint.Number(bytes) : (int?)null;
                if (change.Key == AuthKey.Creds && !isVoid && !patch.AllowsIdentityChange && records.TryGetValue(AuthKey.Creds, out var paired)
                    && SimPoint.IdentityIn(paired.Value) is var identity and not 0 && (value is not { } next || SimPoint.IdentityIn(next) != identity))
                {
                    throw new SimFailure($"The credentials {paired.Value} of a paired device were replaced by {value} at {mark}, and nobody allowed it.");
                }

                if (!written.Contains(change.Key))
                {
                    // Left out as unchanged: then it was. But for an epoch that cold has forgotten and may have issued again: each of the two holders knows only what itself has written.
                    if (!isVoid && !hasTwoHolders && value != (records.TryGetValue(change.Key, out var held) ? held.Value : null))
                        throw new SimFailure($"{change.Key} was taken for unchanged before {mark}, and it was not.");
                }
                else if (value is { } set)
                {
                    records[change.Key] = (set, mark.Version);
                }
                else
                {
                    records.Remove(change.Key);
                }
            }
        }
        else if (written.Count > 0)
        {
            throw new SimFailure($"The commit {sealedPatch.CommitId} is nobody's.");
        }

        return new SimPoint(mark, time.GetUtcNow(), records) { Commit = sealedPatch.CommitId, Written = written, Epoch = epoch };
    }

    private SimSession Get(AuthSessionId id)
    {
        if (!_sessions.TryGetValue(id, out var session))
            _sessions[id] = session = new SimSession(new SimPoint(default, time.GetUtcNow(), []));
        return session;
    }

    private sealed class SimSession(SimPoint first)
    {
        public List<SimPoint> Points { get; } = [first];

        public Dictionary<CommitId, SeenMark> Taken { get; } = [];

        public List<SimPoint> Void { get; } = [];

        public int Acknowledged { get; set; }

        public int Deletions { get; set; }

        public bool IsRolledBack { get; set; }

        public bool IsVouchedFor { get; set; }

        public long OpenedEpoch { get; set; }

        public (long After, long Through) Forgotten { get; set; }

        /// <summary>The epoch of the lease that cold knows, but not that it may queue; 0: none.</summary>
        public long ForgottenAhead { get; set; }

        public bool HasForgotten(long epoch) => epoch > Forgotten.After && epoch <= Forgotten.Through;

        public bool IsGivenUp { get; set; }

        public bool WentBack { get; set; }

        public bool IsHotWrong { get; set; }

        public bool HasParked { get; set; }

        public bool HasTwoBranches { get; set; }
    }
}
