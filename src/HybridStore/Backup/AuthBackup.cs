namespace HybridStore;

/// <summary>Writes sessions to a file and takes them in again, whatever the cold tier is. What is in the file is as encrypted as in the store; docs/backup.md tells its form.</summary>
public sealed class AuthBackup
{
    private readonly HybridAuthStore _store;

    internal AuthBackup(HybridAuthStore store) => _store = store;

    /// <summary>Writes sessions to a file, each as it was at one version, while they may be in use. The file appears when it is whole.</summary>
    /// <param name="request">Which sessions, and where to.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    /// <returns>What became of each session. Those that are not <see cref="BackupOutcome.Written"/> are not in the file.</returns>
    /// <exception cref="BackupException">There is a file of that name, or it can't be written.</exception>
    /// <exception cref="SessionNotFoundException">The one session asked for does not exist.</exception>
    public ValueTask<IReadOnlyList<BackedUpSession>> WriteAsync(AuthBackupRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _store.BackUpAsync(request, cancellationToken);
    }

    /// <summary>
    /// Takes sessions in from a file. All of it is verified first, down to each envelope, and nothing is changed if anything is wrong. A session comes back at a higher
    /// version than it was saved at, or as the next life, marked as rolled back, and without the records that must not be used again after going back.
    /// </summary>
    /// <param name="request">Which file, and what to do with sessions that exist.</param>
    /// <param name="cancellationToken">Ends it between two sessions; one that was begun is finished by the same call again.</param>
    /// <returns>What became of each session.</returns>
    /// <exception cref="BackupException">The file is damaged, is no backup, is from a newer version, or the data keys are missing.</exception>
    /// <exception cref="SessionExistsException">A session exists and is not to be replaced.</exception>
    /// <exception cref="SessionNotFoundException">The one session asked for is not in the file.</exception>
    /// <exception cref="IncarnationEndedException">
    /// The session lives the life that was saved, since cold went back to before it was deleted, and hot knows of a later one. That session was not changed. Given the file of its keys
    /// after <see cref="AuthDoctor.AcceptColdAsync"/> at version 0, it comes back as its next life.
    /// </exception>
    /// <exception cref="MasterKeyException">The data keys are wrapped under another master key, or damaged.</exception>
    /// <exception cref="EnvelopeException">A record does not open.</exception>
    public ValueTask<IReadOnlyList<RestoredSession>> RestoreAsync(AuthRestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _store.RestoreAsync(request, cancellationToken);
    }
}
