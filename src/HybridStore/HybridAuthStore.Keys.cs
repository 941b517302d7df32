using HybridStore.Codec;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>The master keys and the data keys, for whoever runs the store.</summary>
    public AuthKeyRing KeyRing { get; }

    /// <summary>Of how many sessions unwrapped data keys are held.</summary>
    internal int CachedDataKeys => _dataKeys.Count;

    /// <summary>The bytes themselves of the key that seals a session's records, for a test that looks whether they are cleared.</summary>
    internal byte[] KeyBytesOf(AuthSessionId session) => StateOf(session).Keys!.Newest.Material.Bytes;

    /// <summary>Unwraps one data key; one under a master key that is not known here has the ring looked at again.</summary>
    private async ValueTask<DataKey> UnwrapAsync(AuthSessionId session, long incarnation, WrappedDataKey wrapped, CancellationToken cancellationToken)
    {
        await LookForMasterKeyAsync(wrapped, cancellationToken).ConfigureAwait(false);
        return _wrapper.Unwrap(session, incarnation, wrapped);
    }

    private async ValueTask LookForMasterKeyAsync(WrappedDataKey wrapped, CancellationToken cancellationToken)
    {
        await _masterKeys.EnsureReadAsync(cancellationToken).ConfigureAwait(false);
        if (DataKeyWrapper.MasterKeyOf(wrapped) is { } masterKey && !_masterKeys.Current.Knows(masterKey))
            await _masterKeys.LookForAsync(masterKey, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(DataKey Key, WrappedDataKey Wrapped)> CreateDataKeyAsync(AuthSessionId session, long incarnation, CancellationToken cancellationToken)
    {
        await _masterKeys.EnsureReadAsync(cancellationToken).ConfigureAwait(false);
        return _wrapper.Create(session, incarnation);
    }

    /// <summary>Unwraps a session's data keys and keeps them for the next calls.</summary>
    private async ValueTask<SessionKeys> UnwrapAsync(
        AuthSessionId session, SessionState state, SessionHead head, IReadOnlyList<WrappedDataKey> wrapped, CancellationToken cancellationToken)
    {
        if (wrapped.Count == 0)
            return state.KeysOf(head.Incarnation) ?? throw KeyMissing(session);

        // Those that are unwrapped already are taken as they are, as long as they are good: what is new of a session is its newest key.
        var (known, old) = (state.KeysOf(head.Incarnation), state.OldKeysOf(head.Incarnation));
        var keys = new DataKey[wrapped.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = Find(known, wrapped[i].Id) ?? await UnwrapAsync(session, head.Incarnation, wrapped[i], cancellationToken).ConfigureAwait(false);
            if (known is null && Find(old, keys[i].Id) is { } former)
                keys[i].CountFrom(former.Seals);
        }

        return Keep(state, head.Incarnation, keys);

        static DataKey? Find(SessionKeys? keys, DataKeyId id) => keys?.All.FirstOrDefault(k => k.Id == id);
    }

    /// <summary>Unwraps those of a session's data keys that can be, for this one look at it.</summary>
    private async ValueTask UnlockAsync(LockedDataKeys keys, AuthSessionId session, ColdRead cold, CancellationToken cancellationToken)
    {
        foreach (var wrapped in cold.DataKeys.Where(k => !keys.Has(k.Id)))
        {
            try
            {
                keys.Add(await UnwrapAsync(session, cold.Head!.Incarnation, wrapped, cancellationToken).ConfigureAwait(false));
            }
            catch (MasterKeyException e)
            {
                keys.Add(wrapped.Id, e);
            }
        }
    }

    private SessionKeys Keep(SessionState state, long incarnation, IReadOnlyList<DataKey> keys)
    {
        var kept = new SessionKeys(incarnation, keys, _dataKeys.GoodUntil);
        state.SetKeys(kept);

        // The life may have ended since they were read: nothing of it stays.
        if (state.Seen >= Coordination.SeenMark.EndOf(incarnation))
            state.SetKeys(null);
        return kept;
    }

    private static MasterKeyException KeyMissing(AuthSessionId session) => new(
        MasterKeyFault.WrappedKeyMissing,
        $"Session {session} has records but no data key: it was erased, or restored from a backup without its keys. Restore the backup of its keys.")
    {
        Session = session,
    };

    /// <summary>The session's keys, read again from cold if an envelope names one that is not among those that are known: another process may have given the session a newer one.</summary>
    private async ValueTask<SessionKeys> KeysForAsync(
        AuthSessionId session, SessionState state, SessionKeys keys, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Exists && !EnvelopeCodec.Knows(keys.All, records[i].Envelope.Span))
                return await ReadKeysAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
        }

        return keys;
    }

    private async ValueTask<SessionKeys> ReadKeysAsync(AuthSessionId session, SessionState state, SessionKeys keys, CancellationToken cancellationToken)
    {
        var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown: false, cancellationToken).ConfigureAwait(false);
        return cold.Head is { } head && head.Incarnation == keys.Incarnation
            ? await UnwrapAsync(session, state, head, cold.DataKeys, cancellationToken).ConfigureAwait(false)
            : throw new IncarnationEndedException(session, keys.Incarnation);
    }

    /// <summary>Gives a session a new data key where enough was sealed under the one that it has. What can't be done now is tried again with the next commit.</summary>
    private async ValueTask<SessionKeys> ReplaceUsedUpKeyAsync(AuthSessionId session, SessionState state, SessionKeys keys, CancellationToken cancellationToken)
    {
        var seals = keys.Newest.Seals;
        if (seals < _maxSeals || _cold.Keys is null)
            return keys;
        var cipher = _codec.Cipher;
        try
        {
            if (await AddDataKeyAsync(session, state, keys, cancellationToken).ConfigureAwait(false) is { } replaced)
            {
                Log.DataKeyUsedUp(_logger, session, seals, cipher.Id, cipher.SealLimit, cipher.SealLimitSource);
                return replaced;
            }

            return await ReadKeysAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthStoreException e)
        {
            Log.DataKeyNotReplaced(_logger, e, session, seals, cipher.Id, cipher.SealLimit, cipher.SealLimitSource);
            return keys;
        }
    }

    /// <summary>Gives a session another data key.</summary>
    /// <returns>Its keys; <see langword="null"/>: somebody else was first, or that life is over.</returns>
    private async ValueTask<SessionKeys?> AddDataKeyAsync(AuthSessionId session, SessionState state, SessionKeys keys, CancellationToken cancellationToken)
    {
        var (key, wrapped) = await CreateDataKeyAsync(session, keys.Incarnation, cancellationToken).ConfigureAwait(false);
        if (!await _cold.Keys!.AddDataKeyAsync(new DataKeyAddition(session, keys.Incarnation, keys.Newest.Id, wrapped), cancellationToken).ConfigureAwait(false))
        {
            key.Dispose();
            return null;
        }

        var after = Keep(state, keys.Incarnation, [key, .. keys.All]);
        if (state.Lease?.Queue is { } queue && queue.Incarnation == keys.Incarnation)
            queue.DataKeys = [wrapped, .. queue.DataKeys];
        return after;
    }
}
