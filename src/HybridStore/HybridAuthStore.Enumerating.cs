using System.Runtime.CompilerServices;
using HybridStore.Codec;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // A session gets another data key now and then, and not with every record: who finds more unknown ones has found damage.
    private const int MaxKeyReads = 16;

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuthRecord> EnumerateAsync(
        AuthSessionId session, string? type = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Check(session);
        if (type is not null)
            AuthName.Validate(type, AuthInputPart.Type);
        var (state, head, keys) = await LocateAsync(session, cancellationToken).ConfigureAwait(false);
        if (head is null)
            yield break;
        if (type is not null || _audit.About(AuditKind.SessionExported, session) is not { } export)
        {
            await foreach (var record in EnumerateAsync(session, state, head, keys!, type, cancellationToken).ConfigureAwait(false))
                yield return record;
            yield break;
        }

        // All of a session in the clear is an export, whatever becomes of it.
        export = export with { Incarnation = head.Incarnation, Version = head.Version };
        await _audit.BeginAsync(export, cancellationToken).ConfigureAwait(false);
        var (records, complete) = (0L, false);
        try
        {
            await foreach (var record in EnumerateAsync(session, state, head, keys!, type, cancellationToken).ConfigureAwait(false))
            {
                records++;
                yield return record;
            }

            complete = true;
        }
        finally
        {
            await _audit.EndAsync(export with { Records = records }, complete ? AuditOutcome.Done : AuditOutcome.Failed).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<AuthRecord> EnumerateAsync(
        AuthSessionId session, SessionState state, SessionHead head, SessionKeys keys, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reads = 0;
        await foreach (var record in _cold.EnumerateAsync(session, type, cancellationToken).ConfigureAwait(false))
        {
            if (type is null && IsReserved(record.Key))
                continue;
            if (!EnvelopeCodec.Knows(keys.All, record.Envelope.Span) && reads++ < MaxKeyReads)
                keys = await ReadKeysAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
            if (TryOpen(session, record.Key, keys, record.Envelope.Span, out var value) is not null)
            {
                // Not damaged if it is of another life, with other keys. Otherwise it is, and opening it says how.
                await ObserveEndOfEnumerationAsync(session, state, head, cancellationToken).ConfigureAwait(false);
                value = Open(session, state, record, keys);
            }

            yield return AuthRecord.Found(record.Key, record.Version, value);
        }

        await ObserveEndOfEnumerationAsync(session, state, head, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuthRecordCheck> VerifyAsync(
        AuthSessionId session, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Check(session);
        var (state, cold) = await LocateSealedAsync(session, cancellationToken).ConfigureAwait(false);
        if (cold.Head is not { } head)
            throw new SessionNotFoundException(session);
        if (cold.DataKeys.Count == 0)
            throw KeyMissing(session);

        // Each key by itself: those that can't be unwrapped lock their own records, and no others.
        using var keys = new LockedDataKeys();
        await UnlockAsync(keys, session, cold, cancellationToken).ConfigureAwait(false);
        var reads = 0;
        await foreach (var record in _cold.EnumerateAsync(session, type: null, cancellationToken).ConfigureAwait(false))
        {
            if (!keys.Knows(record.Envelope.Span) && reads++ < MaxKeyReads)
            {
                // Another process may have given the session a newer one. Of another life, that is found out below.
                var again = await AskColdAsync(session, state, [], withDataKeys: true, shown: true, cancellationToken).ConfigureAwait(false);
                if (again.Head?.Incarnation == head.Incarnation)
                    await UnlockAsync(keys, session, again, cancellationToken).ConfigureAwait(false);
            }

            var fault = keys.Refine(_codec.TryOpen(session, record.Key, keys.Open, record.Envelope.Span, out _), record.Envelope.Span);
            if (fault is { } why)
            {
                await ObserveEndOfEnumerationAsync(session, state, head, cancellationToken).ConfigureAwait(false);
                FoundDamaged(session, state, record.Key, record.Version, why);
            }
            else if (IsReserved(record.Key))
            {
                continue;
            }

            yield return new AuthRecordCheck(record.Key, record.Version, record.Envelope.Length, fault);
        }

        await ObserveEndOfEnumerationAsync(session, state, head, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds a session and its keys in cold.</summary>
    private async ValueTask<(SessionState State, SessionHead? Head, SessionKeys? Keys)> LocateAsync(
        AuthSessionId session, CancellationToken cancellationToken)
    {
        var (state, cold) = await LocateSealedAsync(session, cancellationToken).ConfigureAwait(false);
        return (state, cold.Head, cold.Head is { } head ? await UnwrapAsync(session, state, head, cold.DataKeys, cancellationToken).ConfigureAwait(false) : null);
    }

    /// <summary>The same, with the keys as they are kept.</summary>
    private async ValueTask<(SessionState State, ColdRead Cold)> LocateSealedAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var state = StateOf(session);
        await DrainHeldAsync(session, state).ConfigureAwait(false);
        var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown: true, cancellationToken).ConfigureAwait(false);
        await EnsureCompleteAsync(session, state, cold.Head, cancellationToken).ConfigureAwait(false);
        return (state, cold);
    }

    /// <summary>A session that was deleted while it was enumerated must not look like one whose records came to their end.</summary>
    private async ValueTask ObserveEndOfEnumerationAsync(
        AuthSessionId session, SessionState state, SessionHead head, CancellationToken cancellationToken)
    {
        var cold = await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false);
        if (cold.Head?.Incarnation != head.Incarnation)
            throw new IncarnationEndedException(session, head.Incarnation);
    }
}
