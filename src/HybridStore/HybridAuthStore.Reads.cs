using HybridStore.Codec;
using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // While a holder queues and drains, its two tiers are a moment apart: a reader who finds them so looks again.
    private const int MaxReadAttempts = 6;
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default)
    {
        if (_states.TryGetValue(session, out var state) && !_disposed && state.TryGet(key, out var held))
            return new ValueTask<AuthRecord>(held.Record);
        return ReadOneAsync(session, key, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<AuthRecordSet> GetManyAsync(
        AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default)
    {
        Check(session);
        Check(keys);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var state = StateOf(session);
        return state.TryGetAll(keys) ?? await ReadAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AuthRecordSet> ReadAsync(
        AuthSessionId session, SessionState state, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken)
    {
        var fill = state.BeginFill();
        var hot = await ReadHotAsync(session, keys, withDataKeys: state.Keys is null, cancellationToken).ConfigureAwait(false);
        if (hot is not null
            && ReadDecision.JudgeHot(hot, state.Seen, _time.GetUtcNow(), state.Lease is not null) == HotTrust.Believed
            && await OpenHotAsync(session, state, keys, hot, fill).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }

        return await ReadColdAsync(session, state, keys, hot, shown: true, cancellationToken).ConfigureAwait(false);
    }

    private static void Check(IReadOnlyList<AuthKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        for (var i = 0; i < keys.Count; i++)
            Check(keys[i], i);
    }

    private static void Check(AuthKey key, int position = 0)
    {
        if (key.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, $"The record key at position {position} is default and addresses nothing.");
    }

    private async ValueTask<HotRead?> ReadHotAsync(
        AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        if (_hot is null || HotRefuses(session))
            return null;
        try
        {
            return await _hot.ReadAsync(session, keys, withDataKeys, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "read");
            return null;
        }
    }

    /// <summary>Opens what hot answered, or gives <see langword="null"/> if cold has to be asked after all.</summary>
    private async ValueTask<AuthRecordSet?> OpenHotAsync(AuthSessionId session, SessionState state, IReadOnlyList<AuthKey> keys, HotRead hot, long? fill)
    {
        var meta = hot.Meta!;
        var sessionKeys = state.KeysOf(meta.Incarnation);
        if (sessionKeys is null)
        {
            if (hot.DataKeys.Count == 0)
                return null;
            try
            {
                sessionKeys = await UnwrapAsync(
                    session, state, new SessionHead { Incarnation = meta.Incarnation, Version = meta.Version }, hot.DataKeys, CancellationToken.None).ConfigureAwait(false);
            }
            catch (MasterKeyException)
            {
                // Hot's copy may be from before it was wrapped under another master key: cold has the last word.
                return null;
            }
        }

        for (var i = 0; i < keys.Count; i++)
        {
            if (hot.Records[i] is not { Exists: true } named || EnvelopeCodec.Knows(sessionKeys.All, named.Envelope.Span))
                continue;
            try
            {
                sessionKeys = await ReadKeysAsync(session, state, sessionKeys, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is StoreUnavailableException or IncarnationEndedException)
            {
                // Then it does not open here, and cold will say what there is, or why there is no answer.
                return null;
            }

            break;
        }

        var records = new AuthRecord[keys.Count];
        for (var i = 0; i < records.Length; i++)
        {
            var sealedRecord = hot.Records[i]!.Value;
            if (!sealedRecord.Exists)
            {
                records[i] = AuthRecord.Absent(keys[i]);
                continue;
            }

            EnvelopeFault? found;
            ReadOnlyMemory<byte> value;
            try
            {
                found = TryOpen(session, keys[i], sessionKeys, sealedRecord.Envelope.Span, out value);
            }
            catch (IncarnationEndedException)
            {
                // Deleted in this process meanwhile: cold says what there is now.
                return null;
            }

            if (found is { } fault)
            {
                // Damage in hot is not damage of the record: cold has the last word, and hot's copy goes, so that it isn't asked again.
                Log.HotEnvelopeDamaged(_logger, session, _hot!.Name, fault);
                await EvictAsync(session).ConfigureAwait(false);
                return null;
            }

            records[i] = AuthRecord.Found(keys[i], sealedRecord.Version, value);
        }

        var mark = new SeenMark(meta.Incarnation, meta.Version);
        if (!state.TryObserve(mark, shown: true))
            return null;
        state.Fill(fill, mark, records, meta.GoodUntil);
        return new AuthRecordSet(meta.Incarnation, meta.Version, records);
    }

    private async ValueTask<AuthRecordSet> ReadColdAsync(
        AuthSessionId session, SessionState state, IReadOnlyList<AuthKey> keys, HotRead? hot, bool shown, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Before the read: what cold says was true no earlier than this, so the promise of freshness counts from here.
            var asked = _time.GetUtcNow();
            var fill = state.BeginFill();
            var seen = state.Seen;

            // Before cold too: what it takes while it is asked is then in both, and nothing is in neither.
            var queued = state.Lease?.Queue?.Look(keys);
            Learn(state, hot?.Outbox);
            var (cold, sessionKeys) = await AskColdWithKeysAsync(session, state, keys, shown, cancellationToken).ConfigureAwait(false);
            if (queued is { } held && held.Incarnation != cold.Head?.Incarnation)
                queued = null; // Of a life that has ended since: its holder is about to learn of it.
            var answer = Compose(keys, cold, queued, hot);
            if (answer is null || answer.Position < seen)
            {
                // Something is queued that the two tiers, asked one after the other, did not tell together: it may be on its way from one to the other just now.
                if (attempt == MaxReadAttempts || _hot?.Outbox is null)
                    throw Incomplete(session, cold.Head!, hot);
                if (attempt > 1)
                    await Task.Delay(ReadAgainAfter * attempt, _time, cancellationToken).ConfigureAwait(false);
                hot = await ReadHotAsync(session, keys, withDataKeys: false, cancellationToken).ConfigureAwait(false);
                continue;
            }

            state.TryObserve(answer.Position, shown);
            var records = new AuthRecord[keys.Count];
            if (cold.Head is not { } head)
            {
                if (hot?.Meta is not null)
                    await EvictAsync(session).ConfigureAwait(false);
                for (var i = 0; i < records.Length; i++)
                    records[i] = AuthRecord.Absent(keys[i]);
                state.Fill(fill, answer.Position, records, asked + _maxStaleness);
                return new AuthRecordSet(cold.LastEndedIncarnation, 0, records);
            }

            try
            {
                sessionKeys = await KeysForAsync(session, state, sessionKeys!, answer.Records, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < records.Length; i++)
                {
                    var record = answer.Records[i];
                    records[i] = record.Exists
                        ? AuthRecord.Found(keys[i], record.Version, Open(session, state, record with { Key = keys[i] }, sessionKeys))
                        : AuthRecord.Absent(keys[i]);
                }
            }
            catch (IncarnationEndedException) when (attempt < MaxReadAttempts)
            {
                // Deleted meanwhile, and its keys are gone or cleared: there is another answer now.
                continue;
            }

            state.Fill(fill, answer.Position, records, asked + _maxStaleness);

            // Only what cold has: hot that loses its records meanwhile would take the rest of what is queued for unchanged, or for drained.
            if (hot is not null && answer.Position.Version == head.Version)
                await FillAsync(session, head, answer, cold.DataKeys, hot, asked).ConfigureAwait(false);
            return new AuthRecordSet(head.Incarnation, answer.Position.Version, records);
        }
    }

    private async ValueTask<(ColdRead Cold, SessionKeys? Keys)> AskColdWithKeysAsync(
        AuthSessionId session, SessionState state, IReadOnlyList<AuthKey> keys, bool shown, CancellationToken cancellationToken)
    {
        var known = state.Keys;
        var cold = await AskColdAsync(session, state, keys, withDataKeys: known is null, shown, cancellationToken).ConfigureAwait(false);
        if (cold.Head is { } located && cold.DataKeys.Count == 0 && known?.Incarnation != located.Incarnation)
        {
            known = null;
            cold = await AskColdAsync(session, state, keys, withDataKeys: true, shown, cancellationToken).ConfigureAwait(false);
        }

        // What was known when cold was asked, and not what is known now: another thread may have forgotten it meanwhile.
        return (cold, cold.Head is { } head ? known ?? await UnwrapAsync(session, state, head, cold.DataKeys, cancellationToken).ConfigureAwait(false) : null);
    }

    /// <summary>Puts together what cold, the holder's queue and hot say; <see langword="null"/> if that is no answer of one version.</summary>
    private static ComposedRead? Compose(
        IReadOnlyList<AuthKey> keys, ColdRead cold, (long Incarnation, long Version, Outbox.QueuedChange?[] Changes)? queued, HotRead? hot)
    {
        if (cold.Head is not { } head)
            return new ComposedRead(SeenMark.EndOf(cold.LastEndedIncarnation), cold.Records);
        if (queued is var (_, version, changes))
        {
            // Cold may have taken more meanwhile than was queued before it was asked; then it knows all of it.
            return version <= head.Version
                ? new ComposedRead(new SeenMark(head.Incarnation, head.Version), cold.Records)
                : new ComposedRead(new SeenMark(head.Incarnation, version), OverlayDecision.Overlay(keys, cold.Records, changes));
        }

        if (!ReadDecision.MayBeBehind(hot, head))
            return new ComposedRead(new SeenMark(head.Incarnation, head.Version), cold.Records);
        return ReadDecision.JudgeCold(hot, head) switch
        {
            ColdCompleteness.Complete => new ComposedRead(new SeenMark(head.Incarnation, head.Version), cold.Records),
            ColdCompleteness.HotIsAhead => new ComposedRead(new SeenMark(head.Incarnation, hot!.Meta!.Version), OverlayDecision.Overlay(cold.Records, hot.Records)),
            _ => null,
        };
    }

    private async ValueTask FillAsync(
        AuthSessionId session, SessionHead head, ComposedRead answer, IReadOnlyList<WrappedDataKey> dataKeys, HotRead hot, DateTimeOffset asked)
    {
        if (HotRefuses(session))
            return;
        var fill = new HotFill
        {
            Session = session,
            Generation = hot.Generation,
            Meta = new HotMeta
            {
                Incarnation = head.Incarnation,
                Version = answer.Position.Version,
                Epoch = head.Epoch,
                RunId = hot.RunId,
                GoodUntil = asked + _maxStaleness,
            },
            Records = answer.Records,
            DataKeys = dataKeys,
        };
        try
        {
            await _hot!.FillAsync(fill, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "fill");
        }
    }

    /// <summary>Where cold may be behind what a lease holder queued, its answer counts only if hot vouches that nothing is left in the outbox (protocol rule 3).</summary>
    private async ValueTask EnsureCompleteAsync(AuthSessionId session, SessionState state, SessionHead? head, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ReadDecision.MayBeBehind(head); attempt++)
        {
            // The holder has drained it, and knows.
            if (state.Lease?.Queue is { } queue && queue.End <= head!.Version)
                return;
            var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
            if (ReadDecision.JudgeCold(hot, head!) == ColdCompleteness.Complete)
                return;
            if (attempt == MaxReadAttempts || _hot?.Outbox is null)
                throw Incomplete(session, head!, hot);
            await Task.Delay(ReadAgainAfter * attempt, _time, cancellationToken).ConfigureAwait(false);
            head = (await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false)).Head;
        }
    }

    private StoreUnavailableException Incomplete(AuthSessionId session, SessionHead head, HotRead? hot) => new(
        _cold.Name,
        $"Session {session} may have commits that the cold tier {_cold.Name} does not have yet (they are queued under epoch {Math.Max(head.AheadEpoch, hot?.Outbox?.Epoch ?? 0)}), "
        + "and the hot tier that has them is not configured here, does not answer, or has not drained them.")
    {
        Session = session,
    };

    /// <summary>What is found or counted comes from cold: what this process has queued goes there first, if it can. If not, the answer says so.</summary>
    private async ValueTask TryDrainHeldAsync(SessionState state)
    {
        if (state.Lease is { Queue: { IsEmpty: false, Parked: null } } lease)
            await _drainer.WaitAsync(lease, TimeSpan.Zero).ConfigureAwait(false);
    }

    /// <summary>What is enumerated comes from cold: what this process has queued goes there first.</summary>
    private async ValueTask DrainHeldAsync(AuthSessionId session, SessionState state)
    {
        if (state.Lease is not { Queue.IsEmpty: false } lease)
            return;
        if (lease.Queue.Parked is { } parked)
            throw new OutboxParkedException(session, parked.Version, parked.Reason);
        if (!await _drainer.WaitAsync(lease, TimeSpan.Zero).ConfigureAwait(false))
            throw NotDrainedYet(session, lease.Queue);
    }
}
