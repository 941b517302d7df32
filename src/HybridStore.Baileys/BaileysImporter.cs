using System.Runtime.CompilerServices;

namespace HybridStore.Baileys;

/// <summary>Makes a session of a folder that Baileys' <c>useMultiFileAuthState</c> wrote.</summary>
public static class BaileysImporter
{
    /// <summary>Imports a folder as a new session, all or nothing, with a few megabytes in memory at most, or the largest values if they are larger. The folder is only read.</summary>
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

    /// <summary>Imports what another program has left in a database as a new session, all or nothing. The source is only read.</summary>
    /// <param name="store">The store.</param>
    /// <param name="session">The session, which must not exist.</param>
    /// <param name="entries">Reads the entries from the beginning; called again if the store begins again. What it throws abandons the import.</param>
    /// <param name="naming">How they are named.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Abandons the import.</param>
    /// <exception cref="BaileysFormatException">An entry is no record of Baileys', or there are no credentials.</exception>
    /// <exception cref="SessionExistsException">The session exists.</exception>
    public static async Task<BaileysImportResult> ImportAsync(
        IAuthStateStore store,
        AuthSessionId session,
        Func<CancellationToken, IAsyncEnumerable<BaileysEntry>> entries,
        BaileysNaming naming,
        BaileysImportOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(entries);
        options ??= new BaileysImportOptions();
        cancellationToken.ThrowIfCancellationRequested();
        var run = new EntryImport(entries, naming, options);
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
        return new BaileysImportResult(info, run.Tally.ToCounts(), run.Rewritten, IgnoredNames: []);
    }

    private sealed class Run(BaileysFolder folder, Tally tally)
    {
        private const int MaxBatchRecords = 32;
        private const int MaxBatchBytes = 512 * 1024;
        private const int BatchesAhead = 4;

        private long _rewritten;

        public Tally Tally => tally;

        public long Rewritten => Interlocked.Read(ref _rewritten);

        // A store may begin the stream again after a failure. Files are read and checked on other threads while the store seals and writes those before them;
        // their order is kept, and with it which fault is found first.
        public async IAsyncEnumerable<AuthEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            tally.Restart();
            _rewritten = 0;
            var ahead = new Queue<Task<List<AuthEntry>>>();
            using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                using var batches = Batches().GetEnumerator();
                while (true)
                {
                    while (ahead.Count < BatchesAhead && batches.MoveNext())
                    {
                        var (first, count) = batches.Current;
                        ahead.Enqueue(Task.Run(() => ReadBatch(first, count, abandoned.Token), CancellationToken.None));
                    }

                    if (!ahead.TryPeek(out var next))
                        break;
                    var batch = await next.ConfigureAwait(false);
                    _ = ahead.Dequeue();
                    foreach (var entry in batch)
                    {
                        tally.Add(entry.Key.Type, entry.Value.Length);
                        yield return entry;
                    }
                }
            }
            finally
            {
                await abandoned.CancelAsync().ConfigureAwait(false);
                foreach (var reading in ahead)
                    await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            folder.VerifyUnchanged();
        }

        private IEnumerable<(int First, int Count)> Batches()
        {
            var first = 0;
            while (first < folder.Files.Count)
            {
                var count = 0;
                for (long bytes = 0; first + count < folder.Files.Count && count < MaxBatchRecords && bytes < MaxBatchBytes; count++)
                    bytes += folder.Files[first + count].Length;
                yield return (first, count);
                first += count;
            }
        }

        private List<AuthEntry> ReadBatch(int first, int count, CancellationToken cancellationToken)
        {
            var batch = new List<AuthEntry>(count);
            for (var i = first; i < first + count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var file = folder.Files[i];
                batch.Add(new AuthEntry(file.Key, Check(file, folder.Read(file))));
            }

            return batch;
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
                Interlocked.Increment(ref _rewritten);
            return value;
        }
    }
}
