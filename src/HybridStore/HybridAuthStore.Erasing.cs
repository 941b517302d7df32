using System.Globalization;
using System.Runtime.CompilerServices;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // Bots that are still running may begin sessions anew: at some time it is theirs to be stopped.
    private const int MaxTenantPasses = 3;

    /// <summary>Erases sessions and tenants, with a report.</summary>
    public AuthErasure Erasure { get; }

    internal async ValueTask<ErasureReport> EraseAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await _audit.RunAsync(
            _audit.About(AuditKind.SessionErased, session),
            () => EraseRecordedAsync(session, cancellationToken),
            static (done, report) => done with { Incarnation = report.Incarnation, Version = report.LastVersion, Sessions = report.Existed ? 1 : 0, DataKeys = report.DataKeys },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ErasureReport> EraseRecordedAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        // Counted before: afterwards there is nothing to count. A commit in between is erased all the same.
        var types = await _cold.SummarizeAsync(session, cancellationToken).ConfigureAwait(false) is var (_, counted) ? counted : [];
        var dataKeys = (await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false)).DataKeys.Count;
        var versions = await CountHistoryAsync(session, cancellationToken).ConfigureAwait(false);

        var state = StateOf(session);
        var keys = state.Keys;
        var deletion = await DeleteAsync(session, state, cancellationToken).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        List<ErasedPlace> places = [await LookInColdAsync(session, deletion).ConfigureAwait(false)];
        if (_hot is not null)
            places.Add(await LookInHotAsync(session, deletion).ConfigureAwait(false));
        places.Add(new ErasedPlace(
            "process", ErasureOutcome.Erased, keys is null ? "no data key was held, and no record is any more" : "the unwrapped data keys are cleared, and no record is held any more"));
        Log.SessionErased(_logger, session, deletion.Incarnation, places.TrueForAll(static p => p.Outcome == ErasureOutcome.Erased));
        return new ErasureReport(session, now)
        {
            Existed = deletion.Existed,
            Incarnation = deletion.Incarnation,
            LastVersion = deletion.LastVersion,
            Types = types,
            FormerVersions = versions,
            DataKeys = dataKeys,
            Places = places,
            Remaining = Remaining(now),
        };
    }

    internal async IAsyncEnumerable<ErasureReport> EraseTenantAsync(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        for (var pass = 0; pass < MaxTenantPasses; pass++)
        {
            var found = false;
            await foreach (var session in _cold.ListSessionsAsync(tenant, cancellationToken).ConfigureAwait(false))
            {
                found = true;
                yield return await EraseAsync(session.Id, cancellationToken).ConfigureAwait(false);
            }

            if (!found)
                yield break;
        }
    }

    private async ValueTask<long> CountHistoryAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        if (_cold.History is not { } history)
            return 0;
        long versions = 0;
        await foreach (var _ in history.ListAsync(session, cancellationToken).ConfigureAwait(false))
            versions++;
        return versions;
    }

    private async ValueTask<ErasedPlace> LookInColdAsync(AuthSessionId session, ColdDeletion deletion)
    {
        try
        {
            var read = await _cold.ReadAsync(session, [], withDataKeys: true, CancellationToken.None).ConfigureAwait(false);
            return read.Head is null && read.DataKeys.Count == 0 && read.LastEndedIncarnation >= deletion.Incarnation
                ? new ErasedPlace(_cold.Name, ErasureOutcome.Erased, "records, former versions and wrapped data keys are gone")
                : new ErasedPlace(_cold.Name, ErasureOutcome.Found, "the session is there: somebody began it anew");
        }
        catch (AuthStoreException e)
        {
            return new ErasedPlace(_cold.Name, ErasureOutcome.NotReached, $"it was deleted, and could not be asked again: {e.GetType().Name}");
        }
    }

    private async ValueTask<ErasedPlace> LookInHotAsync(AuthSessionId session, ColdDeletion deletion)
    {
        try
        {
            var read = await _hot!.ReadAsync(session, [], withDataKeys: true, CancellationToken.None).ConfigureAwait(false);
            var isThere = read.Meta is { } meta || read.DataKeys.Count > 0 || (read.Outbox is { IsEmpty: false } outbox && outbox.Incarnation <= deletion.Incarnation);
            if (!isThere)
                return new ErasedPlace(_hot.Name, ErasureOutcome.Erased, "records, the copy of the wrapped data keys and queued commits are gone");
            return read.Meta is { } live && live.Incarnation > deletion.Incarnation
                ? new ErasedPlace(_hot.Name, ErasureOutcome.Found, "the session is there: somebody began it anew")
                : new ErasedPlace(_hot.Name, ErasureOutcome.NotReached, "it could not be told to drop the session");
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "read");
            return new ErasedPlace(
                _hot!.Name, ErasureOutcome.NotReached, "it does not answer; what it has of the session, data keys included, can be opened with the master key until it is dropped there");
        }
    }

    private List<RemainingCopy> Remaining(DateTimeOffset now)
    {
        var options = _erasureOptions;
        List<RemainingCopy> copies =
        [
            new(RemainingCopyKind.Backup, null, CanBeOpened: false, "backups that the library wrote without data keys: nobody can open them any more"),
            new(RemainingCopyKind.KeyBackup, now + options.KeyBackupsKeptFor, CanBeOpened: true, "files of data keys that were written beside backups (--with-keys): they open those backups; delete them"),
            new(RemainingCopyKind.ColdBackup, now + options.ColdBackupsKeptFor, CanBeOpened: true, $"backups, replicas' logs and archived logs of {_cold.Name}: they hold records and wrapped data keys"),
            .. _cold.Remnants.Select(static what => new RemainingCopy(RemainingCopyKind.ColdRemnant, null, CanBeOpened: true, what)),
        ];
        if (_hot is not null)
            copies.AddRange(_hot.Remnants.Select(what => new RemainingCopy(RemainingCopyKind.HotDump, now + options.HotDumpsKeptFor, CanBeOpened: true, what)));
        copies.Add(new RemainingCopy(
            RemainingCopyKind.OtherProcess,
            now + _dataKeyDuration,
            CanBeOpened: true,
            string.Create(CultureInfo.InvariantCulture, $"data keys in the memory of other processes that used the session: at most {_dataKeyDuration} longer; a bot that has it open learns of the end with its next heartbeat or commit")));
        copies.Add(new RemainingCopy(RemainingCopyKind.Export, null, CanBeOpened: true, "folders that were exported hold values in the clear, and the store does not know of them"));
        copies.Add(new RemainingCopy(
            RemainingCopyKind.Tombstone, null, CanBeOpened: false, $"a tombstone in {_cold.Name}: SHA-256 of the names, incarnation, last version and epoch, for ever, so that nothing late brings the session back"));
        if (_audit.Records)
            copies.Add(new RemainingCopy(RemainingCopyKind.AuditTrail, null, CanBeOpened: false, "the audit trail: the names of tenant and session, and what was done with it, this erasure too; no values"));
        return copies;
    }

    /// <summary>Opens an envelope, unless its session was erased meanwhile and the keys with it.</summary>
    private EnvelopeFault? TryOpen(AuthSessionId session, AuthKey key, SessionKeys keys, ReadOnlySpan<byte> envelope, out ReadOnlyMemory<byte> value)
    {
        try
        {
            return _codec.TryOpen(session, key, keys.All, envelope, out value);
        }
        catch (ObjectDisposedException) when (keys.AreDestroyed)
        {
            throw new IncarnationEndedException(session, keys.Incarnation);
        }
    }
}
