using HybridStore.Codec;
using HybridStore.Diagnostics;
using HybridStore.InMemory;
using HybridStore.Keys;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    private const int RewrapStep = 256;
    private const int ReencryptRecords = 256;
    private const int ReencryptBytes = 4 * 1024 * 1024;

    internal async ValueTask<IReadOnlyList<MasterKeyInfo>> ListMasterKeysAsync(CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        if (_masterKeys.HasRing)
            await _masterKeys.ReloadAsync(cancellationToken).ConfigureAwait(false);
        var ring = _masterKeys.Ring;
        var active = _masterKeys.Current.Active.Fingerprint;
        var configured = _masterKeys.Configured.Where(k => ring.Find(k.Fingerprint) is null).DistinctBy(static k => k.Fingerprint).Select(
            k => new MasterKeyInfo(k.Id, k.Fingerprint == active ? MasterKeyState.Active : MasterKeyState.DecryptOnly, "configuration"));
        return
        [
            .. ring.Entries.OrderBy(e => e.Fingerprint != active).ThenByDescending(static e => e.CreatedAt).Select(e => Info(ring, e)),
            .. configured.OrderBy(static k => k.State != MasterKeyState.Active),
        ];
    }

    internal async ValueTask<IReadOnlyDictionary<string, long>> CountDataKeysAsync(CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await foreach (var session in _cold.ListSessionsAsync(tenant: null, cancellationToken).ConfigureAwait(false))
        {
            var read = await _cold.ReadAsync(session.Id, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            foreach (var key in read.DataKeys)
            {
                var id = DataKeyWrapper.MasterKeyOf(key) is { } masterKey ? MasterKey.Describe(masterKey) : "";
                counts[id] = counts.GetValueOrDefault(id) + 1;
            }
        }

        return counts;
    }

    internal async ValueTask<MasterKeyInfo> RotateMasterKeyAsync(bool atOnce, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var delay = atOnce ? TimeSpan.Zero : _keyRingOptions.ActivationDelay;
        var made = await _masterKeys.AddAsync((_, now) => now + delay, byItself: false, cancellationToken).ConfigureAwait(false);
        await _masterKeys.RewrapRingAsync(cancellationToken).ConfigureAwait(false);
        var ring = _masterKeys.Ring;
        return Info(ring, ring.Find(made!.Fingerprint) ?? made);
    }

    internal async ValueTask<MasterKeyInfo> RevokeMasterKeyAsync(ulong fingerprint, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await _audit.RunAsync(
            About(AuditKind.MasterKeyRevoked, fingerprint), () => RevokeRecordedAsync(fingerprint, cancellationToken), static (done, _) => done, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<MasterKeyInfo> RevokeRecordedAsync(ulong fingerprint, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var ring = await _masterKeys.ChangeAsync(
            ring =>
            {
                var entry = Find(ring, fingerprint, now);
                return ValueTask.FromResult(entry.RevokedAt is null ? ring.Replace(entry, entry with { RevokedAt = now }) : ring);
            },
            cancellationToken).ConfigureAwait(false);
        Log.MasterKeyRevoked(_logger, MasterKey.Describe(fingerprint));
        return Info(ring, ring.Find(fingerprint)!);
    }

    internal async ValueTask DeleteMasterKeyAsync(ulong fingerprint, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        await _audit.RunAsync(About(AuditKind.MasterKeyDeleted, fingerprint), () => DeleteRecordedAsync(fingerprint, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask DeleteRecordedAsync(ulong fingerprint, CancellationToken cancellationToken)
    {
        var id = MasterKey.Describe(fingerprint);
        await _masterKeys.ChangeAsync(
            async ring =>
            {
                var now = _time.GetUtcNow();
                var entry = Find(ring, fingerprint, now);

                // A process that has not heard of another key yet may still wrap under this one; an import that it has begun may be under way.
                var usedUntil = entry.RevokedAt ?? ring.ReplacedAt(entry);
                if (usedUntil > now - _keyRingOptions.ActivationDelay)
                {
                    throw new MasterKeyException(
                        MasterKeyFault.InUse, $"The master key {id} may be in use until {_keyRingOptions.ActivationDelay} after it was replaced or revoked. It was not deleted.");
                }

                var named = (await CountDataKeysAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(id);
                if (named > 0)
                    throw new MasterKeyException(MasterKeyFault.InUse, $"{named} wrapped data keys name the master key {id}: their sessions would be lost. Run `hybridstore keys rotate` first. It was not deleted.");
                return ring.Without(entry);
            },
            cancellationToken).ConfigureAwait(false);
        Log.MasterKeyDeleted(_logger, id);
    }

    internal async ValueTask<KeyJobProgress> RewrapAsync(KeyJobRequest request, CancellationToken cancellationToken)
    {
        var tier = await ColdKeysAsync(cancellationToken).ConfigureAwait(false);
        if (_masterKeys.HasRing)
            await _masterKeys.ReloadAsync(cancellationToken).ConfigureAwait(false);
        var about = _audit.About(AuditKind.DataKeysRewrapped, request.Session, request.Tenant);
        return await _audit.RunAsync(
            about is null ? null : about with { Key = _masterKeys.Current.Active.Id },
            () => RewrapAsync(tier, request, cancellationToken),
            static (done, progress) => done with { Sessions = progress.Sessions, DataKeys = progress.Changed },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<KeyJobProgress> RewrapAsync(IColdKeys tier, KeyJobRequest request, CancellationToken cancellationToken)
    {
        var tally = new KeyJobTally("Rewrapping", "rewrap", request, _metrics, _logger);
        var step = new List<DataKeyRewrap>(RewrapStep);
        AuthSessionId? last = null;
        await foreach (var session in SessionsOfAsync(request, cancellationToken).ConfigureAwait(false))
        {
            var read = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            if (read.Head is not { } head)
                continue;
            tally.Sessions++;
            foreach (var key in read.DataKeys)
            {
                if (DataKeyWrapper.MasterKeyOf(key) == _masterKeys.Current.Active.Fingerprint)
                    continue;
                try
                {
                    await LookForMasterKeyAsync(key, cancellationToken).ConfigureAwait(false);
                    step.Add(new DataKeyRewrap(session, head.Incarnation, key.Id, key.Bytes, _wrapper.Rewrap(session, head.Incarnation, key).Bytes));
                }
                catch (MasterKeyException e)
                {
                    tally.Fail(session, e.Fault.ToString());
                }
            }

            last = session;
            if (step.Count >= RewrapStep)
                await SendAsync().ConfigureAwait(false);
        }

        if (last is not null)
            await SendAsync().ConfigureAwait(false);
        return tally.Progress;

        async ValueTask SendAsync()
        {
            var done = step.Count == 0 ? 0 : await tier.RewrapAsync(step, cancellationToken).ConfigureAwait(false);
            tally.Changed += done;
            tally.Overtaken += step.Count - done;
            step.Clear();
            tally.Done(last.Value);
        }
    }

    internal async ValueTask<KeyJobProgress> ReencryptAsync(KeyJobRequest request, CancellationToken cancellationToken)
    {
        var tier = await ColdKeysAsync(cancellationToken).ConfigureAwait(false);
        var about = _audit.About(AuditKind.Reencrypted, request.Session, request.Tenant);
        return await _audit.RunAsync(
            about is null ? null : about with { Detail = request.NewDataKeys ? "newDataKeys" : null },
            () => ReencryptAsync(tier, request, cancellationToken),
            static (done, progress) => done with { Sessions = progress.Sessions, Records = progress.Changed },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<KeyJobProgress> ReencryptAsync(IColdKeys tier, KeyJobRequest request, CancellationToken cancellationToken)
    {
        var tally = new KeyJobTally("Re-encrypting", "reencrypt", request, _metrics, _logger);
        await foreach (var session in SessionsOfAsync(request, cancellationToken).ConfigureAwait(false))
        {
            tally.Sessions++;
            try
            {
                await ReencryptAsync(tier, session, request.NewDataKeys, tally, cancellationToken).ConfigureAwait(false);
            }
            catch (MasterKeyException e)
            {
                tally.Fail(session, e.Fault.ToString());
            }
            catch (Exception e) when (e is IncarnationEndedException || (e is ObjectDisposedException && !_disposed))
            {
                // Deleted meanwhile: there is nothing left to encrypt.
            }

            tally.Done(session);
        }

        return tally.Progress;
    }

    private async ValueTask ReencryptAsync(IColdKeys tier, AuthSessionId session, bool newKey, KeyJobTally tally, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        var read = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        if (read.Head is not { } head)
            return;
        var keys = await UnwrapAsync(session, state, head, read.DataKeys, cancellationToken).ConfigureAwait(false);
        if (newKey)
        {
            // Where somebody else was first, there is a new key too.
            keys = await AddDataKeyAsync(session, state, keys, cancellationToken).ConfigureAwait(false)
                ?? await ReadKeysAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
        }

        var step = new List<SealedRecord>();
        var bytes = 0;
        var reads = 0;
        await foreach (var record in _cold.EnumerateAsync(session, type: null, cancellationToken).ConfigureAwait(false))
        {
            if (!EnvelopeCodec.Knows(keys.All, record.Envelope.Span) && reads++ < MaxKeyReads)
                keys = await ReadKeysAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
            if (EnvelopeHeader.TryRead(record.Envelope.Span, out var header) is null && header.DataKeyId == keys.Newest.Id)
                continue;
            if (TryOpen(session, record.Key, keys, record.Envelope.Span, out var value) is { } fault)
            {
                tally.Fail(session, fault.ToString());
                continue;
            }

            step.Add(new SealedRecord(
                record.Key,
                record.Version,
                IsReserved(record.Key) ? _codec.SealAsItIs(session, record.Key, keys.Newest, value.Span) : _codec.Seal(session, record.Key, keys.Newest, value.Span)));
            bytes += step[^1].Envelope.Length;
            if (step.Count >= ReencryptRecords || bytes >= ReencryptBytes)
                await SendAsync().ConfigureAwait(false);
        }

        await SendAsync().ConfigureAwait(false);

        async ValueTask SendAsync()
        {
            if (step.Count == 0)
                return;
            var done = await tier.ReplaceEnvelopesAsync(session, head.Incarnation, step, cancellationToken).ConfigureAwait(false);
            tally.Changed += done;
            tally.Overtaken += step.Count - done;
            (step, bytes) = ([], 0);
            tally.Step();
        }
    }

    private async IAsyncEnumerable<AuthSessionId> SessionsOfAsync(
        KeyJobRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.Session is { } one)
        {
            Check(one);
            if ((await _cold.ReadAsync(one, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)).Head is null)
                throw new SessionNotFoundException(one);
            yield return one;
            yield break;
        }

        if (request.Tenant is not null)
            AuthName.Validate(request.Tenant, AuthInputPart.Tenant);
        await foreach (var session in _cold.ListSessionsAsync(request.Tenant, cancellationToken).ConfigureAwait(false))
        {
            if (request.After is not { } after || Utf8Order.Sessions.Compare(session.Id, after) > 0)
                yield return session.Id;
        }
    }

    private async ValueTask<IColdKeys> ColdKeysAsync(CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return _cold.Keys ?? throw new MasterKeyException(MasterKeyFault.NoRing, $"The cold tier {_cold.Name} can't replace keys.");
    }

    private AuditEvent? About(AuditKind kind, ulong fingerprint) => _audit.About(kind) is { } about ? about with { Key = MasterKey.Describe(fingerprint) } : null;

    private MasterKeyInfo Info(KeyRing ring, KeyRingEntry entry) => new(MasterKey.Describe(entry.Fingerprint), ring.StateAt(entry, _time.GetUtcNow()), entry.Provider)
    {
        CreatedAt = entry.CreatedAt,
        ActivatesAt = entry.ActivatesAt,
        ExpiresAt = entry.ExpiresAt,
        RevokedAt = entry.RevokedAt,
        IsAvailable = _masterKeys.Current.Find(entry.Fingerprint) is not null,
    };

    private static KeyRingEntry Find(KeyRing ring, ulong fingerprint, DateTimeOffset now)
    {
        var id = MasterKey.Describe(fingerprint);
        var entry = ring.Find(fingerprint) ?? throw new MasterKeyException(MasterKeyFault.NotInRing, $"The key ring has no master key {id}.");
        return ring.ActiveAt(now) == entry
            ? throw new MasterKeyException(MasterKeyFault.NotInRing, $"The master key {id} is the active one. Make another first: hybridstore keys rotate.")
            : entry;
    }
}
