using System.Runtime.CompilerServices;
using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>The cold tier as one process reaches it.</summary>
internal sealed class SimColdTier(IColdTier inner, SimHistory history, SimScheduler scheduler, SimProcess process) : IColdTier, IColdLeases
{
    private readonly Dictionary<AuthSessionId, long> _told = [];
    private ColdRead? _earlier;

    public SimFaults Faults { get; set; } = SimFaults.None;

    public SimPlant Plant { get; init; }

    /// <summary>What it refuses for good.</summary>
    public required SimPoison Poison { get; init; }

    /// <summary>Whether this process does not reach it.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether it has no room: it answers, and takes nothing.</summary>
    public bool IsFull { get; set; }

    public string Name => "cold";

    public IColdLeases Leases => this;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => inner.InitializeAsync(cancellationToken);

    public ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        AskAsync("read", async () =>
        {
            var read = await inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
            if (Plant == SimPlant.GoingBackHidden && read.Head is { } shown)
            {
                _told[session] = Math.Max(_told.GetValueOrDefault(session), shown.Version);
                return new ColdRead
                {
                    Head = shown with { Version = _told[session] }, LastEndedIncarnation = read.LastEndedIncarnation, Records = read.Records, DataKeys = read.DataKeys, Commits = read.Commits,
                };
            }

            if (Plant == SimPlant.ColdBelieved && process.IsReader && read.Head is { } head)
                return new ColdRead { Head = head with { AheadEpoch = 0 }, LastEndedIncarnation = read.LastEndedIncarnation, Records = read.Records, DataKeys = read.DataKeys };
            if (Plant != SimPlant.TornRead || keys.Count == 0)
                return read;
            var earlier = _earlier;
            _earlier = read;
            return read.Head is null || earlier is null || !earlier.Records.Select(r => r.Key).SequenceEqual(keys)
                ? read
                : new ColdRead { Head = read.Head, LastEndedIncarnation = read.LastEndedIncarnation, Records = earlier.Records, DataKeys = read.DataKeys };
        });

    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        var what = $"commit {string.Join('+', commit.Patches.Select(static p => $"{p.CommitId.ToString()[..6]}{(p.Predecessor is { } after ? $"@{after}-{p.Version}" : "")}"))} under {commit.Epoch}";
        history.Sent(commit.Session, commit.Patches, process);
        await scheduler.Step(process, what, isRequest: true);
        if (IsDown || scheduler.Chance(Faults.AtOnce))
        {
            await scheduler.Step(process, what + ": refused");
            throw Refused(what);
        }

        if (IsFull)
        {
            await scheduler.Step(process, what + ": no room");
            throw new StoreUnusableException("cold", StoreUnusableReason.Full, "No room.");
        }

        if (commit.Patches.Any(IsPoisoned))
        {
            if (Plant == SimPlant.PoisonDropped)
                commit = With(commit, [.. commit.Patches.Select(p => IsPoisoned(p) ? WithoutChanges(p) : p)], commit.Epoch);
            else
            {
                await scheduler.Step(process, what + ": refused for good");
                throw new StoreUnusableException("cold", StoreUnusableReason.Damaged, "It does not like it.");
            }
        }

        if (scheduler.Chance(Faults.Late))
        {
            _ = LaterAsync(() => Take(commit));
            await scheduler.Step(process, what + ": given up");
            throw Unknown(commit);
        }

        var result = Take(commit);
        await scheduler.Step(process, $"{what}: {result.Status} {result.Version}");
        return IsDown || scheduler.Chance(Faults.ReplyLost) ? throw Unknown(commit) : result;
    }

    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await scheduler.Step(process, "delete", isRequest: true);
        if (IsDown || scheduler.Chance(Faults.AtOnce))
        {
            await scheduler.Step(process, "delete: refused");
            throw Refused("delete");
        }

        var deletion = Now(inner.DeleteSessionAsync(session, CancellationToken.None));
        history.Deleted(session, deletion);
        await scheduler.Step(process, "delete: reply");
        return IsDown || scheduler.Chance(Faults.ReplyLost) ? throw Refused("delete's reply") : deletion;
    }

    public ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        AskAsync("acquire", () => inner.Leases.AcquireAsync(request, cancellationToken));

    public ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        AskAsync($"renew {string.Join(' ', leases.Select(static l => l.Epoch))}", () => inner.Leases.RenewAsync(leases, duration, cancellationToken));

    public ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken) =>
        AskAsync($"release {lease.Epoch}{(drained ? " drained" : "")}", () => inner.Leases.ReleaseAsync(lease, drained, cancellationToken));

    public ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken) =>
        AskAsync($"{(mayQueue ? "set" : "clear")} ahead {lease.Epoch}", () => inner.Leases.SetAheadAsync(lease, mayQueue, cancellationToken));

    public async IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await AskAsync("list what is ahead", async () =>
        {
            var sessions = new List<ColdSession>();
            await foreach (var session in inner.Leases.ListAheadAsync(unheldOnly, cancellationToken))
                sessions.Add(session);
            return sessions;
        });
        foreach (var session in found)
            yield return session;
    }

    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        var values = process.Imports[import.Session];
        await scheduler.Step(process, "import", isRequest: true);
        if (IsDown || scheduler.Chance(Faults.AtOnce))
        {
            await scheduler.Step(process, "import: refused");
            throw Refused("import");
        }

        var sent = Plant != SimPlant.ImportLosesRecord ? import : new ColdImport
        {
            Session = import.Session,
            Incarnation = import.Incarnation,
            CommitId = import.CommitId,
            DataKey = import.DataKey,
            Records = WithoutTheLastAsync(import.Records, values.Count),
        };

        // Its records come one by one, and much happens meanwhile.
        var result = await inner.ImportAsync(sent, CancellationToken.None);
        if (result is { Status: ColdCommitStatus.Committed, Head: { } head })
            history.Imported(import.Session, new SeenMark(head.Incarnation, head.Version), import.CommitId, values);
        await scheduler.Step(process, $"import: {result.Status}");
        return IsDown || scheduler.Chance(Faults.ReplyLost) ? throw new CommitOutcomeUnknownException(import.Session, import.CommitId) : result;
    }

    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in inner.EnumerateAsync(session, type, cancellationToken))
            yield return record;
    }

    public IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) => inner.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        AskAsync("summarize", () => inner.SummarizeAsync(session, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ColdCommitResult Take(ColdCommit commit)
    {
        if (Plant == SimPlant.LostWrite && commit.SeenVersion > 0 && commit.Patches.Count == 1 && scheduler.Chance(0.3))
        {
            return new ColdCommitResult
            {
                Status = ColdCommitStatus.Committed, Incarnation = commit.Incarnation, PreviousVersion = commit.SeenVersion, Version = commit.SeenVersion + 1, Epoch = commit.Epoch,
            };
        }

        if (Plant == SimPlant.AcknowledgedBeforeCold && commit.Patches[0].Predecessor is not null && process.Hot is { Outbox: not null } hot)
            hot.AcknowledgeNow(new LeaseRef(commit.Session, commit.Epoch), commit.Incarnation, commit.Patches[^1].Version);
        if (Plant == SimPlant.OutOfOrder && commit.Patches.Count > 1 && commit.Patches[^1].Predecessor is not null)
            commit = With(commit, [Behind(commit.Patches[^1], commit.Patches[0].Predecessor!.Value)], commit.Epoch);
        if (Plant == SimPlant.NoFence)
            commit = UnderTheEpochOfNow(commit);
        if (Plant == SimPlant.LifeIgnored)
            commit = InTheLifeOfNow(commit);
        if (Plant == SimPlant.ConditionsIgnored)
            commit = Unconditional(commit);
        if (Plant == SimPlant.AppliedTwice)
            commit = UnderOtherNames(commit);
        var result = Now(inner.CommitAsync(commit, CancellationToken.None));
        if (result.Status == ColdCommitStatus.Committed)
            history.Committed(commit, result, process);
        return result;
    }

    private bool IsPoisoned(SealedPatch patch) => patch.Changes.Count > 0 && (Poison.Has(patch.CommitId) || patch.Absorbed.Any(a => Poison.Has(a.Id)));

    private static SealedPatch WithoutChanges(SealedPatch patch) => new()
    {
        CommitId = patch.CommitId, Predecessor = patch.Predecessor, Version = patch.Version, Absorbed = patch.Absorbed, Changes = [], Expectations = patch.Expectations,
    };

    private static async IAsyncEnumerable<SealedChange> WithoutTheLastAsync(IAsyncEnumerable<SealedChange> records, int count)
    {
        await foreach (var record in records)
        {
            if (--count > 0)
                yield return record;
        }
    }

    private ColdCommit InTheLifeOfNow(ColdCommit commit)
    {
        var now = Now(inner.ReadAsync(commit.Session, [], false, CancellationToken.None));
        return With(commit, commit.Patches, commit.Epoch, now.Head?.Incarnation ?? now.LastEndedIncarnation + 1);
    }

    private static ColdCommit Unconditional(ColdCommit commit) => With(
        commit,
        [.. commit.Patches.Select(static p => new SealedPatch { CommitId = p.CommitId, Predecessor = p.Predecessor, Version = p.Version, Absorbed = p.Absorbed, Changes = p.Changes })],
        commit.Epoch);

    private ColdCommit UnderTheEpochOfNow(ColdCommit commit) =>
        With(commit, commit.Patches, Now(inner.ReadAsync(commit.Session, [], false, CancellationToken.None)).Head?.Epoch ?? commit.Epoch);

    private ColdCommit UnderOtherNames(ColdCommit commit) => With(
        commit,
        [.. commit.Patches.Select(p => new SealedPatch { CommitId = history.Rename(commit.Session, p.CommitId), Changes = p.Changes, Expectations = p.Expectations, ExpectedSessionVersion = p.ExpectedSessionVersion })],
        commit.Epoch);

    private static SealedPatch Behind(SealedPatch patch, long predecessor) => new()
    {
        CommitId = patch.CommitId, Predecessor = predecessor, Version = patch.Version, Changes = patch.Changes, Expectations = patch.Expectations,
    };

    private static ColdCommit With(ColdCommit commit, IReadOnlyList<SealedPatch> patches, long epoch, long? incarnation = null) => new()
    {
        Session = commit.Session,
        Incarnation = incarnation ?? commit.Incarnation,
        Epoch = epoch,
        SeenVersion = commit.SeenVersion,
        Patches = patches,
        SealedWith = commit.SealedWith,
        NewDataKey = commit.NewDataKey,
        Rollback = commit.Rollback,
    };

    private async ValueTask<T> AskAsync<T>(string what, Func<ValueTask<T>> ask)
    {
        await scheduler.Step(process, what, isRequest: true);
        if (IsDown || scheduler.Chance(Faults.AtOnce))
        {
            await scheduler.Step(process, what + ": refused");
            throw Refused(what);
        }

        var answer = Now(ask());
        await scheduler.Step(process, $"{what}: {(answer is ColdRead read ? $"at {read.Head?.Incarnation}:{read.Head?.Version} ahead {read.Head?.AheadEpoch}" : answer is LeaseGrant grant ? $"{grant.Granted} {grant.Epoch}" : "reply")}");
        return IsDown || scheduler.Chance(Faults.ReplyLost) ? throw Refused(what + "'s reply") : answer;
    }

    private async Task LaterAsync(Func<ColdCommitResult> work)
    {
        for (var i = scheduler.Random.Next(12); i >= 0; i--)
            await scheduler.Step(null, "a late commit");
        scheduler.Note(process, $"a late commit arrives: {work().Status}");
    }

    // The tier itself never waits: what it does, it does between two steps.
    private static T Now<T>(ValueTask<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new SimFailure("The tier waited.");

    private static StoreUnavailableException Refused(string what) => new("cold", $"The {what} failed.");

    private static CommitOutcomeUnknownException Unknown(ColdCommit commit) => new(commit.Session, commit.Patches[^1].CommitId);
}
