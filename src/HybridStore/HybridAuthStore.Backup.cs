using HybridStore.Backup;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // A busy bot commits several times a second, and most sessions are read in less.
    private const int MaxBackupAttempts = 10;

    /// <summary>Writes sessions to files and takes them in again.</summary>
    public AuthBackup Backup { get; }

    internal async ValueTask<IReadOnlyList<BackedUpSession>> BackUpAsync(AuthBackupRequest request, CancellationToken cancellationToken)
    {
        if (request.Session is { } one)
        {
            Check(one);
            if (request.Tenant is not null)
                throw new ArgumentException("Both a session and a tenant are asked for.", nameof(request));
        }

        if (request.KeysPath is { } keysPath && Path.GetFullPath(keysPath) == Path.GetFullPath(request.Path))
            throw new ArgumentException("The keys go into a file of their own.", nameof(request));
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var about = _audit.About(AuditKind.BackupWritten, request.Session, request.Tenant);
        return await _audit.RunAsync(
            about is null ? null : about with { Detail = request.KeysPath is null ? null : "withDataKeys" },
            () => BackUpRecordedAsync(request, cancellationToken),
            static (done, result) => done with { Sessions = result.Count(static s => s.Outcome == BackupOutcome.Written), Records = result.Sum(static s => s.Records) },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<BackedUpSession>> BackUpRecordedAsync(AuthBackupRequest request, CancellationToken cancellationToken)
    {
        var sessions = await BackupWriter.CreateAsync(request.Path, BackupFormat.Sessions, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        await using var _ = sessions.ConfigureAwait(false);
        var keys = request.KeysPath is null
            ? null
            : await BackupWriter.CreateAsync(request.KeysPath, BackupFormat.Keys, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        try
        {
            var result = new List<BackedUpSession>();
            if (request.Session is { } session)
            {
                result.Add(await BackUpAsync(session, sessions, keys, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(session));
            }
            else
            {
                await foreach (var listed in ListSessionsAsync(request.Tenant, cancellationToken).ConfigureAwait(false))
                {
                    if (await BackUpAsync(listed.Id, sessions, keys, cancellationToken).ConfigureAwait(false) is { } written)
                        result.Add(written);
                }
            }

            // The keys first: without them the backup is of little use, and they are none without it.
            if (keys is not null)
                await keys.CompleteAsync(cancellationToken).ConfigureAwait(false);
            await sessions.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            if (keys is not null)
                await keys.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <returns>What was written; <see langword="null"/>: the session does not exist.</returns>
    private async ValueTask<BackedUpSession?> BackUpAsync(AuthSessionId session, BackupWriter sessions, BackupWriter? keys, CancellationToken cancellationToken)
    {
        var info = await FindSessionAsync(session, cancellationToken).ConfigureAwait(false);
        if (info is { MayBeAhead: true })
        {
            await DrainForBackupAsync(session).ConfigureAwait(false);
            info = await FindSessionAsync(session, cancellationToken).ConfigureAwait(false);
        }

        for (var attempt = 1; info is not null; attempt++)
        {
            // A holder that lives drains what it queues in a moment.
            if (info.MayBeAhead && attempt <= MaxBackupAttempts && _outbox is not null)
            {
                await Task.Delay(ReadAgainAfter * attempt, _time, cancellationToken).ConfigureAwait(false);
                info = await FindSessionAsync(session, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (info.MayBeAhead || attempt > MaxBackupAttempts)
                return new BackedUpSession(session, info.MayBeAhead ? BackupOutcome.Ahead : BackupOutcome.Busy, info.Incarnation, info.Version, Records: 0, Bytes: 0);

            // An enumeration is of no one version: it is good if the session was at the same one before and after it.
            var before = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            if (before.Head is not { } head)
                return null;
            await sessions.BeginSessionAsync(session, head.Incarnation, head.Version, cancellationToken).ConfigureAwait(false);
            long records = 0, bytes = 0;
            await foreach (var record in _cold.EnumerateAsync(session, type: null, cancellationToken).ConfigureAwait(false))
            {
                await sessions.WriteAsync(record, cancellationToken).ConfigureAwait(false);
                records++;
                bytes += record.Envelope.Length;
            }

            info = await FindSessionAsync(session, cancellationToken).ConfigureAwait(false);
            if (info is not { MayBeAhead: false } || info.Incarnation != head.Incarnation || info.Version != head.Version)
            {
                await sessions.AbandonSessionAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            await sessions.EndSessionAsync(cancellationToken).ConfigureAwait(false);
            if (keys is not null)
            {
                // Read after the records: a session that got another data key meanwhile has records under it.
                var after = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
                await keys.BeginSessionAsync(session, head.Incarnation, head.Version, cancellationToken).ConfigureAwait(false);
                foreach (var key in after.Head?.Incarnation == head.Incarnation ? after.DataKeys : before.DataKeys)
                    await keys.WriteAsync(key, cancellationToken).ConfigureAwait(false);
                await keys.EndSessionAsync(cancellationToken).ConfigureAwait(false);
            }

            return new BackedUpSession(session, BackupOutcome.Written, head.Incarnation, head.Version, records, bytes);
        }

        return null;
    }

    /// <summary>Drains a session that nobody holds. Whether that succeeded shows in the session.</summary>
    private async ValueTask DrainForBackupAsync(AuthSessionId session)
    {
        if (_outbox is null)
            return;
        try
        {
            await ReconcileAsync(session).ConfigureAwait(false);
        }
        catch (AuthStoreException e)
        {
            Diagnostics.Log.SessionNotReconciled(_logger, e, session);
        }
    }
}
