using System.Runtime.CompilerServices;
using HybridStore.Codec;
using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <inheritdoc/>
    public async ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var state = StateOf(session);
        await TryDrainHeldAsync(state).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var cold = await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false);
            if (cold.Head is not { } head)
                return null;
            if (await DescribeAsync(session, state, head, attempt, cancellationToken).ConfigureAwait(false) is { } info)
                return info;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var state = StateOf(session);
        await TryDrainHeldAsync(state).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var seen = state.Seen;
            var seenInCold = state.SeenInCold;
            if (await _cold.SummarizeAsync(session, cancellationToken).ConfigureAwait(false) is not var (head, types))
            {
                // Whether there was one, and cold lost it, is not for a summary to say.
                await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false);
                throw new SessionNotFoundException(session);
            }

            if (await BelieveColdAsync(session, state, head, lastEndedIncarnation: 0, seen, seenInCold, shown: true).ConfigureAwait(false)
                && await DescribeAsync(session, state, head, attempt, cancellationToken).ConfigureAwait(false) is { } info)
            {
                return new AuthSessionSummary(info, types);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(
        string? tenant = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (tenant is not null)
            AuthName.Validate(tenant, AuthInputPart.Tenant);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var session in _cold.ListSessionsAsync(tenant, cancellationToken).ConfigureAwait(false))
            yield return Listed(session);
    }

    /// <inheritdoc/>
    public async ValueTask<AuthSessionInfo> ImportAsync(
        AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default)
    {
        Check(session);
        ArgumentNullException.ThrowIfNull(entries);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await _audit.RunAsync(
            _audit.About(AuditKind.SessionImported, session),
            () => ImportRecordedAsync(session, entries, cancellationToken),
            static (done, info) => done with { Incarnation = info.Incarnation, Version = info.Version },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AuthSessionInfo> ImportRecordedAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
        try
        {
            await ResolveAsync(session, state, next: null, cancellationToken).ConfigureAwait(false);
            var found = await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false);
            if (found.Head is null && !await IsNewAsync(session, state, found, cancellationToken).ConfigureAwait(false))
                found = await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false);
            if (found.Head is { } existing)
                throw new SessionExistsException(session, existing.Version);

            var incarnation = found.LastEndedIncarnation + 1;
            var (key, wrapped) = await CreateDataKeyAsync(session, incarnation, cancellationToken).ConfigureAwait(false);
            var result = await _cold.ImportAsync(
                new ColdImport
                {
                    Session = session,
                    Incarnation = incarnation,
                    CommitId = CommitId.New(),
                    DataKey = wrapped,
                    Records = SealAsync(session, key, entries, cancellationToken),
                },
                cancellationToken).ConfigureAwait(false);
            if (result.Duplicate is { } duplicate)
            {
                throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Duplicate, $"The record {duplicate} occurs twice. Nothing was changed.")
                {
                    Session = session,
                };
            }

            if (result.Status == ColdCommitStatus.Fenced)
                throw new FencedException(session, epoch: 0, result.Head?.Epoch ?? 0);
            if (result.Status != ColdCommitStatus.Committed)
                throw new SessionExistsException(session, result.Head?.Version ?? 0);
            var head = result.Head!;
            Keep(state, incarnation, [key]);
            state.TryObserve(new SeenMark(head.Incarnation, head.Version), shown: true);
            state.ObserveInCold(new SeenMark(head.Incarnation, head.Version));
            await EvictAsync(session).ConfigureAwait(false);
            Log.SessionImported(_logger, session);
            return Info(session, head);
        }
        finally
        {
            state.Commits.Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await _audit.RunAsync(
            _audit.About(AuditKind.SessionDeleted, session),
            async () => (await DeleteAsync(session, StateOf(session), cancellationToken).ConfigureAwait(false)).Existed,
            static (done, existed) => done with { Sessions = existed ? 1 : 0 },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ColdDeletion> DeleteAsync(AuthSessionId session, SessionState state, CancellationToken cancellationToken)
    {
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
        try
        {
            var lease = state.Lease;
            ColdDeletion deletion;
            try
            {
                deletion = await _cold.DeleteSessionAsync(session, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // It may have been done all the same: only cold knows what there is.
                state.Forget();
                await EvictAsync(session).ConfigureAwait(false);
                throw;
            }

            await DiscardAsync(session, deletion.Epoch, deletion.Incarnation).ConfigureAwait(false);

            // What was under way when the session ended can't be repeated into its next life; the epoch was raised, so a lease held here has ended too.
            state.TryObserve(SeenMark.EndOf(deletion.Incarnation), shown: true);
            state.ObserveInCold(SeenMark.EndOf(deletion.Incarnation));
            state.DestroyKeys();
            state.Resume();
            if (lease is not null)
                _leases.Lose(lease);
            if (deletion.Existed)
                Log.SessionDeleted(_logger, session, deletion.LastVersion);
            return deletion;
        }
        finally
        {
            state.Commits.Leave();
        }
    }

    // Whatever of it hot still has, its epoch is lower and its life is over: late commits and entries of it are refused or dropped wherever they turn up.
    private async ValueTask DiscardAsync(AuthSessionId session, long epoch, long throughIncarnation)
    {
        if (_hot?.Outbox is not { } outbox)
        {
            await EvictAsync(session).ConfigureAwait(false);
            return;
        }

        try
        {
            await outbox.DiscardAsync(new LeaseRef(session, epoch), throughIncarnation, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "discard");
        }
    }

    private static AuthSessionInfo Info(AuthSessionId session, SessionHead head) =>
        new(session, head.Incarnation, head.Version, head.CreatedAt, head.UpdatedAt);

    /// <summary>A session of which something may be queued: at least where this process has seen it, so that it never looks as if it went back.</summary>
    private static AuthSessionInfo InfoAhead(AuthSessionId session, SessionHead head, SeenMark known) =>
        Info(session, head) with { Version = known.Incarnation == head.Incarnation && !known.IsEnd ? Math.Max(known.Version, head.Version) : head.Version, MayBeAhead = true };

    // Hot is not asked: a question for each of thousands of sessions would be a high price for a list.
    private AuthSessionInfo Listed(ColdSession session) =>
        !ReadDecision.MayBeBehind(session.Head) ? Info(session.Id, session.Head)
        : InfoAhead(session.Id, session.Head, _states.TryGetValue(session.Id, out var state) ? state.Seen : default);

    /// <summary>Says where a session is that cold knows, and whether something of it may be queued. No value is told, so what nobody can say is no reason to refuse.</summary>
    /// <returns><see langword="null"/> if cold has to be asked again: the two tiers were asked one after the other, and a holder was busy meanwhile.</returns>
    private async ValueTask<AuthSessionInfo?> DescribeAsync(
        AuthSessionId session, SessionState state, SessionHead head, int attempt, CancellationToken cancellationToken)
    {
        if (!ReadDecision.MayBeBehind(head))
            return Info(session, head);
        if (state.Lease?.Queue is { } queue && queue.Incarnation == head.Incarnation)
        {
            var end = queue.End;
            return end <= head.Version ? Info(session, head) : InfoAhead(session, head, new SeenMark(head.Incarnation, end));
        }

        var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);

        // This process has seen its end meanwhile: cold says so now.
        if (state.Seen >= SeenMark.EndOf(head.Incarnation))
            return null;
        var mark = new SeenMark(head.Incarnation, head.Version);
        switch (ReadDecision.JudgeCold(hot, head))
        {
            case ColdCompleteness.Complete when mark >= state.Seen:
                return Info(session, head);
            case ColdCompleteness.HotIsAhead when !hot!.Outbox!.IsEmpty && state.TryObserve(new SeenMark(head.Incarnation, hot.Meta!.Version), shown: true):
                return InfoAhead(session, head, state.Seen);
        }

        if (hot?.Outbox is null || attempt == MaxReadAttempts)
            return InfoAhead(session, head, state.Seen);
        await Task.Delay(ReadAgainAfter * attempt, _time, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async IAsyncEnumerable<SealedChange> SealAsync(
        AuthSessionId session, DataKey key, IAsyncEnumerable<AuthEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var entry in entries.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Key.IsEmpty)
                throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, "A record key is default and addresses nothing.") { Session = session };
            RefuseReserved(session, entry.Key);
            if (entry.Value.Length > AuthLimits.MaxValueBytes)
            {
                throw new InvalidAuthInputException(
                    AuthInputPart.Value,
                    AuthInputFault.TooLong,
                    $"The value of {entry.Key} has {entry.Value.Length} bytes; the most is {AuthLimits.MaxValueBytes}.")
                {
                    Session = session,
                };
            }

            any = true;
            yield return new SealedChange(entry.Key, _codec.Seal(session, entry.Key, key, entry.Value.Span));
        }

        if (!any)
            throw new InvalidAuthInputException(AuthInputPart.Patch, AuthInputFault.Empty, "There is no record to import.") { Session = session };
    }
}
