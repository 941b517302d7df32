using System.Runtime.CompilerServices;
using HybridStore.Codec;
using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // A session that its holder is writing looks different each time; what waits for a person does not.
    private const int MostLooks = 4;
    private const int MostRecordsNamed = 100;

    /// <summary>Says what waits for a person.</summary>
    public AuthDoctor Doctor { get; }

    internal async ValueTask<IReadOnlyList<AuthFinding>> DiagnoseStoreAsync(CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        if (_hot is null)
            return [];
        var findings = await _hot.InspectAsync(cancellationToken).ConfigureAwait(false);
        return [.. findings.Where(static f => f.IsUnsafe).Select(static f => new AuthFinding(AuthFindingKind.HotSettings) { WaitsForAPerson = true, Detail = f.Message })];
    }

    internal async ValueTask<IReadOnlyList<AuthFinding>> DiagnoseAsync(AuthSessionId session, bool opensRecords, CancellationToken cancellationToken)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        SessionLook look;
        IReadOnlyList<AuthFindingKind> kinds;
        try
        {
            (look, kinds) = await LookTwiceAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (SessionNotFoundException)
        {
            if (await FindLostAsync(session, cancellationToken).ConfigureAwait(false) is not { } lost)
                throw;
            return [lost];
        }

        var findings = kinds.Select(kind => Describe(session, look, kind)).ToList();
        findings.AddRange(await DiagnoseRecordsAsync(session, opensRecords, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    private static AuthFinding Describe(AuthSessionId session, SessionLook look, AuthFindingKind kind)
    {
        var parked = look.Outbox?.Parked;
        return new AuthFinding(kind)
        {
            Session = session,
            WaitsForAPerson = kind is not (AuthFindingKind.HolderGone or AuthFindingKind.HolderCutOff),
            ColdVersion = kind == AuthFindingKind.ColdWentBack && DiagnosisDecision.LostVersion(look.Head.Incarnation, look.Meta, look.Outbox) is not null ? 0 : look.Head.Version,
            Version = kind switch
            {
                AuthFindingKind.Parked => parked!.Version,
                AuthFindingKind.RolledBack => look.Head.RolledBackAt,
                AuthFindingKind.ColdWentBack => DiagnosisDecision.KnownToHot(look),
                _ => null,
            },
            Count = kind is AuthFindingKind.RolledBack or AuthFindingKind.ColdWentBack ? null : DiagnosisDecision.WaitingIn(look),
            Detail = kind == AuthFindingKind.Parked ? FormattableString.Invariant($"{parked!.Reason}, {parked.Tries} tries, since {parked.Since:O}") : null,
        };
    }

    /// <summary>Whether cold had a session once that it does not have: hot may know of it.</summary>
    private async ValueTask<AuthFinding?> FindLostAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        // Hot first: a session that is deleted meanwhile is one that cold says has ended.
        var hot = await AskHotAsync(session, cancellationToken).ConfigureAwait(false);
        var cold = await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        return cold.Head is null && DiagnosisDecision.LostVersion(cold.LastEndedIncarnation, hot?.Meta, hot?.Outbox) is { } version
            ? new AuthFinding(AuthFindingKind.ColdWentBack) { Session = session, WaitsForAPerson = true, Version = version }
            : null;
    }

    /// <returns>What hot knows of a session; <see langword="null"/>: there is no hot tier, or it does not answer.</returns>
    private async ValueTask<HotRead?> AskHotAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        try
        {
            return _hot is null ? null : await _hot.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // That is what is found out.
            return null;
        }
    }

    /// <summary>Looks until two looks in a row see the same.</summary>
    private async ValueTask<(SessionLook Look, IReadOnlyList<AuthFindingKind> Kinds)> LookTwiceAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var look = await LookAsync(session, cancellationToken).ConfigureAwait(false);
        var kinds = DiagnosisDecision.Judge(look);
        for (var looks = 1; kinds.Count > 0 && looks < MostLooks; looks++)
        {
            look = await LookAsync(session, cancellationToken).ConfigureAwait(false);
            var again = DiagnosisDecision.Judge(look);
            if (again.SequenceEqual(kinds))
                break;
            kinds = again;
        }

        return (look, kinds);
    }

    private async ValueTask<SessionLook> LookAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var outbox = _hot?.Outbox;
        var hot = await AskHotAsync(session, cancellationToken).ConfigureAwait(false);
        var cold = await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        if (cold.Head is not { } head)
            throw new SessionNotFoundException(session);
        var isHeld = head.AheadEpoch != 0 && !await IsUnheldAsync(session, cancellationToken).ConfigureAwait(false);
        var lead = true;
        var answer = outbox is null ? HotAnswer.None : hot is null ? HotAnswer.Silent : HotAnswer.Answered;
        if (answer == HotAnswer.Answered && !isHeld)
        {
            try
            {
                lead = await EntriesLeadAsync(outbox!, session, head, hot!.Outbox, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                answer = HotAnswer.Silent;
            }
        }

        return new SessionLook(head, isHeld, answer, hot?.Meta, hot?.Outbox, hot?.RunId ?? "", lead, outbox?.KeepsEverything ?? false);
    }

    // Few: those that were left behind.
    private async ValueTask<bool> IsUnheldAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await foreach (var unheld in _cold.Leases.ListAheadAsync(unheldOnly: true, cancellationToken).ConfigureAwait(false))
        {
            if (unheld.Id == session)
                return true;
        }

        return false;
    }

    /// <summary>The same as who takes over finds out, without keeping the entries.</summary>
    private static async ValueTask<bool> EntriesLeadAsync(IHotOutbox outbox, AuthSessionId session, SessionHead head, HotOutboxState? state, CancellationToken cancellationToken)
    {
        var end = head.Version;
        while (true)
        {
            var entries = await outbox.ReadAsync(session, end, TakeoverPage, cancellationToken).ConfigureAwait(false);
            foreach (var entry in entries.Where(e => e.Incarnation >= head.Incarnation))
            {
                if (entry.Incarnation != head.Incarnation || entry.Patch.Predecessor != end)
                    return false;
                end = entry.Patch.Version;
            }

            if (entries.Count < TakeoverPage)
                return state is null || state.Incarnation != head.Incarnation || state.Version <= end;
        }
    }

    private async ValueTask<IReadOnlyList<AuthFinding>> DiagnoseRecordsAsync(AuthSessionId session, bool opensRecords, CancellationToken cancellationToken)
    {
        while (true)
        {
            var cold = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            if (cold.Head is not { } head)
                throw new SessionNotFoundException(session);
            using var keys = new LockedDataKeys();
            var tally = new DiagnosisTally(session, head.Version, MostRecordsNamed);
            await UnlockAsync(keys, session, cold, cancellationToken).ConfigureAwait(false);
            if (cold.DataKeys.Count == 0)
                tally.Add(AuthFindingKind.DataKeyMissing);
            foreach (var wrapped in cold.DataKeys)
            {
                if (keys.FaultOf(wrapped.Id) is { } fault)
                    tally.AddKey(fault, DataKeyWrapper.MasterKeyOf(wrapped));
            }

            if (await OpenAllAsync(session, head, keys, tally, opensRecords, cancellationToken).ConfigureAwait(false))
                return tally.Findings;
        }
    }

    /// <returns>Whether the session was the same at the end: of another life, or with keys that came meanwhile, what did not open says nothing.</returns>
    private async ValueTask<bool> OpenAllAsync(
        AuthSessionId session, SessionHead head, LockedDataKeys keys, DiagnosisTally tally, bool opensRecords, CancellationToken cancellationToken)
    {
        var reads = 0;
        await foreach (var record in _cold.EnumerateAsync(session, opensRecords ? null : AuthQuarantine.Type, cancellationToken).ConfigureAwait(false))
        {
            if (IsReserved(record.Key))
                tally.Add(AuthFindingKind.RecordsQuarantined, record.Key);
            if (!opensRecords)
                continue;
            if (!keys.Knows(record.Envelope.Span) && reads++ < MaxKeyReads)
            {
                var again = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
                if (again.Head?.Incarnation == head.Incarnation)
                    await UnlockAsync(keys, session, again, cancellationToken).ConfigureAwait(false);
            }

            if (keys.Refine(_codec.TryOpen(session, record.Key, keys.Open, record.Envelope.Span, out _), record.Envelope.Span) is { } fault)
                tally.AddRecord(fault, record.Key);
        }

        var after = await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        return after.Head?.Incarnation == head.Incarnation;
    }

    internal async ValueTask<RolledBackSession> AcceptColdAsync(AuthSessionId session, long version, CancellationToken cancellationToken)
    {
        Check(session);
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var about = _audit.About(AuditKind.ColdAccepted, session);
        return await _audit.RunAsync(
            about is null ? null : about with { Version = version },
            () => AcceptRecordedAsync(session, version, cancellationToken),
            static (done, result) => done with { Version = result.Version, Records = result.Records },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RolledBackSession> AcceptRecordedAsync(AuthSessionId session, long version, CancellationToken cancellationToken)
    {
        var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        var found = await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        if (found.Head is not { } head)
        {
            if (version != 0 || !await EndLostLivesAsync(session, found.LastEndedIncarnation, hot, cancellationToken).ConfigureAwait(false))
                throw new SessionNotFoundException(session);
            Log.LossAccepted(_logger, session);
            return new RolledBackSession(session, To: 0, From: 0, Version: 0, Records: 0, Dropped: 0);
        }

        if (version == 0 && LastKnownLife(StateOf(session), hot) > head.Incarnation)
        {
            // What cold has of it is of a life that has ended, and there is nothing of the later one.
            if (!await TryDeleteUnheldAsync(session, cancellationToken).ConfigureAwait(false))
                throw new SessionHeldException(session, "another process", until: null);
            await EndLostLivesAsync(session, head.Incarnation, hot, cancellationToken).ConfigureAwait(false);
            Log.LossAccepted(_logger, session);
            return new RolledBackSession(session, To: 0, From: 0, Version: 0, Records: 0, Dropped: 0);
        }

        if (head.Version != version)
            throw new CommitConflictException(session, key: null, version, head.Version);
        var preKeyId = await FindPreKeyIdAsync(session, cancellationToken).ConfigureAwait(false);
        var tally = new RestoreTally();

        // Beyond whatever anybody has seen of the branch that is given up.
        var seen = StateOf(session).Seen;
        var beyond = Math.Max(seen.Incarnation == head.Incarnation && !seen.IsEnd ? seen.Version : 0, Math.Max(hot?.Outbox?.Version ?? 0, hot?.Meta?.Version ?? 0));
        var now = await GoBackAsync(
            session,
            head.Incarnation,
            beyond,
            cold => cold.Head!.Version == version
                ? ReadAcceptedAsync(session, cold, preKeyId, tally, cancellationToken)
                : throw new CommitConflictException(session, key: null, version, cold.Head.Version),
            _history,
            cancellationToken).ConfigureAwait(false);
        Log.ColdAccepted(_logger, session, version, now);
        return new RolledBackSession(session, version, version, now, tally.Records, tally.Dropped);
    }

    /// <summary>Ends in cold, which has lost the session, the lives that hot or this process knows of: whoever begins it anew is then beyond all that anybody has seen.</summary>
    /// <returns>Whether there were any.</returns>
    private async ValueTask<bool> EndLostLivesAsync(AuthSessionId session, long ended, HotRead? hot, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        var last = LastKnownLife(state, hot);
        if (last <= ended)
            return false;
        for (var incarnation = ended + 1; incarnation <= last; incarnation++)
        {
            // A life ends only where it was begun: this one is empty.
            var (_, wrapped) = await CreateDataKeyAsync(session, incarnation, cancellationToken).ConfigureAwait(false);
            var begun = await _cold.CommitAsync(
                new ColdCommit
                {
                    Session = session,
                    Incarnation = incarnation,
                    SealedWith = wrapped.Id,
                    NewDataKey = wrapped,
                    Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [] }],
                },
                cancellationToken).ConfigureAwait(false);
            if (begun.Status == ColdCommitStatus.Fenced)
                throw new SessionHeldException(session, "another process", until: null);
            if (begun.Status != ColdCommitStatus.Committed)
                throw new CommitConflictException(session, key: null, 0, begun.Version);
            await DeleteAsync(session, state, CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }

    private static long LastKnownLife(SessionState state, HotRead? hot) =>
        Math.Max(Math.Max(hot?.Outbox?.Incarnation ?? 0, hot?.Meta?.Incarnation ?? 0), Math.Max(state.Seen.Incarnation, state.SeenInCold.Incarnation));

    /// <summary>The records that cold has, as they may be used after going back.</summary>
    private async IAsyncEnumerable<SealedChange> ReadAcceptedAsync(
        AuthSessionId session, ColdRead cold, long preKeyId, RestoreTally tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keys = new List<DataKey>();
        try
        {
            foreach (var key in cold.DataKeys)
                keys.Add(await UnwrapAsync(session, cold.Head!.Incarnation, key, cancellationToken).ConfigureAwait(false));
            await foreach (var record in _cold.EnumerateAsync(session, type: null, cancellationToken).ConfigureAwait(false))
            {
                if (GoneBack(session, record, keys, preKeyId) is { } change)
                {
                    tally.Records++;
                    yield return change;
                }
                else
                {
                    tally.Dropped++;
                }
            }
        }
        finally
        {
            keys.ForEach(static key => key.Dispose());
        }
    }

    internal async ValueTask<bool> AcknowledgeRollbackAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        if ((await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)).Head is null)
            throw new SessionNotFoundException(session);
        var opened = await OpenAsync(session, cancellationToken).ConfigureAwait(false);
        await using var _ = opened.ConfigureAwait(false);

        // Without the lease somebody else runs it, who has to be told first.
        if (!opened.HoldsLease && _leaseOptions.Mode != LeaseMode.Off)
            throw new SessionHeldException(session, "another process", until: null);
        var wasRolledBack = opened.IsRolledBack;
        await opened.AcknowledgeRollbackAsync(cancellationToken).ConfigureAwait(false);
        return wasRolledBack;
    }
}
