using System.Runtime.CompilerServices;

namespace HybridStore.Baileys;

/// <summary>Makes a session of a folder that Baileys' <c>useMultiFileAuthState</c> wrote.</summary>
public static class BaileysImporter
{
    /// <summary>Imports a folder as a new session, all or nothing, with never more than one value in memory. The folder is only read.</summary>
    /// <remarks>
    /// A value is stored as the file's own bytes, byte for byte, once they were checked to be JSON; only bytes in a form of older versions
    /// are brought into today's (<see cref="BufferJson"/>), and a byte order mark is left out.
    /// </remarks>
    /// <param name="store">The store.</param>
    /// <param name="session">The session, which must not exist.</param>
    /// <param name="directory">The folder. Nothing may write to it meanwhile: stop the bot first.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Abandons the import.</param>
    /// <exception cref="BaileysFormatException">The folder or a file in it is not what Baileys writes, or changed while it was read.</exception>
    /// <exception cref="SessionExistsException">The session exists.</exception>
    public static async Task<BaileysImportResult> ImportAsync(
        IAuthStateStore store,
        AuthSessionId session,
        string directory,
        BaileysImportOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new BaileysImportOptions();
        cancellationToken.ThrowIfCancellationRequested();

        var folder = BaileysFolder.List(directory);
        if (!options.AllowMissingCreds && !folder.Files.Any(f => f.Key == AuthKey.Creds))
        {
            throw new BaileysFormatException(
                BaileysFormatReason.CredsMissing, $"The folder '{directory}' has no {BaileysFileName.Creds}: without it, it is no auth state.")
            {
                FileName = BaileysFileName.Creds,
            };
        }

        var run = new Run(folder, new Tally(options.Progress, folder.Files.Count));
        AuthSessionInfo? info = null;
        if (options.DryRun)
        {
            if (await store.FindSessionAsync(session, cancellationToken).ConfigureAwait(false) is { } existing)
                throw new SessionExistsException(session, existing.Version);
            await foreach (var entry in run.ReadAsync(cancellationToken).ConfigureAwait(false))
                _ = entry;
        }
        else
        {
            info = await store.ImportAsync(session, run.ReadAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        run.Tally.Report();
        return new BaileysImportResult(info, run.Tally.ToCounts(), run.Rewritten, folder.Ignored);
    }

    private sealed class Run(BaileysFolder folder, Tally tally)
    {
        public Tally Tally => tally;

        public long Rewritten { get; private set; }

        // A store may begin the stream again after a failure.
        public async IAsyncEnumerable<AuthEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            tally.Restart();
            Rewritten = 0;
            foreach (var file in folder.Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = await folder.ReadAsync(file, cancellationToken).ConfigureAwait(false);
                var value = Check(file, bytes);
                tally.Add(file.Key.Type, value.Length);
                yield return new AuthEntry(file.Key, value);
            }

            folder.VerifyUnchanged();
        }

        private ReadOnlyMemory<byte> Check(RecordFile file, byte[] bytes)
        {
            if (!BufferJson.TryNormalize(bytes, out var value, out var rewritten, out var fault))
            {
                throw new BaileysFormatException(fault.Reason, $"The file '{file.Name}' {fault.Describe()}")
                {
                    FileName = file.Name,
                    Key = file.Key,
                    BytePosition = fault.Position,
                };
            }

            if (file.Key == AuthKey.Creds && !BaileysCreds.AreIn(value.Span))
                throw BaileysFolder.Fault(BaileysFormatReason.CredsForeign, file, "is not Baileys' credentials: noiseKey, signedIdentityKey or registrationId is missing.");

            // Today's form of a short value is longer than {"0":7}.
            if (value.Length > AuthLimits.MaxValueBytes)
                throw BaileysFolder.Fault(BaileysFormatReason.TooLarge, file, $"has {value.Length} bytes in today's form; the most is {AuthLimits.MaxValueBytes}.");

            if (rewritten)
                Rewritten++;
            return value;
        }
    }
}
