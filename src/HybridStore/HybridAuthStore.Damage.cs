using System.Runtime.CompilerServices;
using HybridStore.Diagnostics;
using HybridStore.Quarantine;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>
    /// Raised when a record is found that does not open, once for each in this process, and when one is replaced and quarantined. On the thread of whoever found it: a handler must
    /// not wait for the store. What it throws is logged.
    /// </summary>
    public event EventHandler<RecordDamagedEventArgs>? RecordDamaged;

    /// <summary>What did not open and was replaced all the same.</summary>
    public AuthQuarantine Quarantine { get; }

    internal async IAsyncEnumerable<QuarantinedEnvelope> ListQuarantineAsync(AuthSessionId session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(session);
        var (state, head, keys) = await LocateAsync(session, cancellationToken).ConfigureAwait(false);
        if (head is null)
            throw new SessionNotFoundException(session);
        await foreach (var record in _cold.EnumerateAsync(session, AuthQuarantine.Type, cancellationToken).ConfigureAwait(false))
            yield return Parse(session, record.Key, Open(session, state, record, keys!)).Describe(record.Key.Id);
    }

    internal async ValueTask<ReadOnlyMemory<byte>?> ReadQuarantinedAsync(AuthSessionId session, string id, CancellationToken cancellationToken)
    {
        var key = new AuthKey(AuthQuarantine.Type, id);
        Check(session);
        return await _audit.RunAsync<ReadOnlyMemory<byte>?>(
            _audit.About(AuditKind.QuarantineExported, session),
            async () =>
            {
                var record = await GetAsync(session, key, cancellationToken).ConfigureAwait(false);
                return record.Exists ? Parse(session, key, record.Value).Envelope : (ReadOnlyMemory<byte>?)null;
            },
            static (done, envelope) => done with { Records = envelope is null ? 0 : 1 },
            cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask<bool> DiscardQuarantinedAsync(AuthSessionId session, string id, CancellationToken cancellationToken)
    {
        var key = new AuthKey(AuthQuarantine.Type, id);
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await _audit.RunAsync(
            _audit.About(AuditKind.QuarantineDiscarded, session),
            () => DiscardQuarantinedAsync(session, key, cancellationToken),
            static (done, existed) => done with { Records = existed ? 1 : 0 },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> DiscardQuarantinedAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        await DrainHeldAsync(session, state).ConfigureAwait(false);
        if (!(await AskColdAsync(session, state, [key], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false)).Records[0].Exists)
            return false;
        var patch = AuthPatch.OfTheLibrary().Delete(key).Require(Durability.Persisted);
        await CommitAsync(session, lease: null, patch, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static QuarantineEntry Parse(AuthSessionId session, AuthKey key, ReadOnlyMemory<byte> value) =>
        QuarantineEntry.TryParse(value) ?? throw new EnvelopeException(session, key, EnvelopeFault.UnknownFormat);

    // What the library keeps for itself among a session's records.
    private static bool IsReserved(AuthKey key) => key.Type == AuthQuarantine.Type;

    private static void RefuseReserved(AuthSessionId session, AuthKey key)
    {
        if (!IsReserved(key))
            return;
        throw new InvalidAuthInputException(AuthInputPart.Type, AuthInputFault.Reserved, $"The type {AuthQuarantine.Type} is the library's own. Nothing was changed.") { Session = session };
    }

    /// <summary>Opens what cold has of a record; what does not open is told of, and not replaced from then on unless somebody says so.</summary>
    private ReadOnlyMemory<byte> Open(AuthSessionId session, SessionState state, in SealedRecord record, SessionKeys keys)
    {
        if (TryOpen(session, record.Key, keys, record.Envelope.Span, out var value) is not { } fault)
            return value;
        FoundDamaged(session, state, record.Key, record.Version, fault);
        throw new EnvelopeException(session, record.Key, fault);
    }

    private void FoundDamaged(AuthSessionId session, SessionState state, AuthKey key, long version, EnvelopeFault fault)
    {
        if (!state.Damaged.Add(key))
            return;
        Log.EnvelopeDamaged(_logger, session, key.Type, version, _cold.Name, fault);
        Tell(new RecordDamagedEventArgs(session, key, version, fault, isQuarantined: false));
    }

    private void Tell(RecordDamagedEventArgs damaged)
    {
        try
        {
            RecordDamaged?.Invoke(this, damaged);
        }
#pragma warning disable CA1031 // It is the application's, and no reason to fail here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.DamageListenerFailed(_logger, e, damaged.Session);
        }
    }

    /// <summary>Looks at what a patch would replace, where that is known not to open, or where it says that it may not.</summary>
    /// <returns>What goes into quarantine; <see langword="null"/>: nothing.</returns>
    /// <exception cref="EnvelopeException">It does not open, and the patch does not say that it may be replaced.</exception>
    /// <exception cref="QuarantineFullException">It may be replaced, but there is no room for it.</exception>
    private ValueTask<IReadOnlyList<QuarantineEntry>?> InspectAsync(AuthSessionId session, SessionState state, PendingCommit pending, CancellationToken cancellationToken)
    {
        var patch = pending.Patch!;

        // What is allowed to change the identity is not compared with what is there: it is looked at here.
        var looks = patch.ReplacesDamaged || (patch.AllowsIdentityChange && patch.TryGetChange(AuthKey.Creds, out _));
        if ((!looks && state.Damaged.IsClear(patch)) || patch.IsOfTheLibrary)
            return new ValueTask<IReadOnlyList<QuarantineEntry>?>((IReadOnlyList<QuarantineEntry>?)null);
        AuthKey[] keys = patch.ReplacesDamaged ? [.. patch.Changes.Select(static c => c.Key)] : state.Damaged.Of(patch);
        if (looks && !patch.ReplacesDamaged && !keys.Contains(AuthKey.Creds))
            keys = [.. keys, AuthKey.Creds];
        keys = [.. keys.Where(k => !state.TryGet(k, out _))];
        return keys.Length == 0 ? new ValueTask<IReadOnlyList<QuarantineEntry>?>((IReadOnlyList<QuarantineEntry>?)null) : InspectAsync(session, state, patch, keys, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<QuarantineEntry>?> InspectAsync(
        AuthSessionId session, SessionState state, AuthPatch patch, AuthKey[] keys, CancellationToken cancellationToken)
    {
        // Before cold, as for a read: what was queued over a record is what it is now.
        var queued = state.Lease?.Queue?.Look(keys);
        var cold = await AskColdAsync(session, state, keys, withDataKeys: true, shown: false, cancellationToken).ConfigureAwait(false);
        if (cold.Head is not { } head || cold.Commits.Any(c => c.Id == patch.CommitId))
            return null;
        var opened = await UnwrapAsync(session, state, head, cold.DataKeys, cancellationToken).ConfigureAwait(false);
        List<QuarantineEntry>? damaged = null;
        for (var i = 0; i < keys.Length; i++)
        {
            var record = cold.Records[i];
            var isQueued = queued is { } held && held.Incarnation == head.Incarnation && held.Changes[i] is not null;
            if (!record.Exists || isQueued || TryOpen(session, keys[i], opened, record.Envelope.Span, out _) is not { } fault)
            {
                state.Damaged.Remove(keys[i]);
                continue;
            }

            FoundDamaged(session, state, keys[i], record.Version, fault);
            if (!patch.ReplacesDamaged)
                throw EnvelopeException.OfRefusedCommit(session, keys[i], fault);
            (damaged ??= []).Add(new QuarantineEntry(keys[i], record.Version, fault, _time.GetUtcNow(), record.Envelope));
        }

        if (damaged is null)
            return null;
        var kept = 0;
        await foreach (var _ in _cold.EnumerateAsync(session, AuthQuarantine.Type, cancellationToken).ConfigureAwait(false))
            kept++;
        return kept + damaged.Count > AuthQuarantine.MaxEnvelopes ? throw new QuarantineFullException(session, kept) : damaged;
    }

    private void Quarantined(AuthSessionId session, SessionState state, IReadOnlyList<QuarantineEntry> damaged)
    {
        foreach (var entry in damaged)
        {
            state.Damaged.Remove(entry.Key);
            Log.EnvelopeQuarantined(_logger, session, entry.Key.Type, entry.Version, entry.Fault, entry.Id);
            Tell(new RecordDamagedEventArgs(session, entry.Key, entry.Version, entry.Fault, isQuarantined: true));
        }
    }
}
