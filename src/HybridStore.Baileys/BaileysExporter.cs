using System.Security.Cryptography;
using System.Text;

namespace HybridStore.Baileys;

/// <summary>Makes a folder that Baileys' <c>useMultiFileAuthState</c> reads of a session.</summary>
public static class BaileysExporter
{
    private const int MaxFileNameBytes = 255;
    private const int Retries = 3;

    /// <summary>Exports a session, all or nothing, as it is at one version, with never more than one value in memory. The folder appears under its name when it is complete.</summary>
    /// <remarks>
    /// It holds private keys in the clear: only its owner may read it, where the system knows owners. A value goes out byte for byte; one that is not JSON is refused, because only its writer
    /// knows what Baileys should make of it.
    /// </remarks>
    /// <param name="store">The store.</param>
    /// <param name="session">The session. It should not change meanwhile: stop the bot first.</param>
    /// <param name="directory">The folder, which must not exist or be empty, in one that exists.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Abandons the export.</param>
    /// <exception cref="BaileysFormatException">The folder can't be used, a record can't be a file, or the session kept changing.</exception>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    public static async Task<BaileysExportResult> ExportAsync(
        IAuthStateStore store,
        AuthSessionId session,
        string directory,
        BaileysExportOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new BaileysExportOptions();
        cancellationToken.ThrowIfCancellationRequested();

        var target = FindTarget(directory);
        var tally = new Tally(options.Progress, total: null);
        for (var attempt = 0; attempt <= Retries; attempt++)
        {
            var before = await FindAsync(store, session, cancellationToken).ConfigureAwait(false);
            var partial = CreatePartial(target);
            try
            {
                tally.Restart();
                await WriteAsync(store, session, partial, options, tally, cancellationToken).ConfigureAwait(false);
                var after = await FindAsync(store, session, cancellationToken).ConfigureAwait(false);
                if (after.Incarnation == before.Incarnation && after.Version == before.Version)
                {
                    Publish(partial, target);
                    tally.Report();
                    return new BaileysExportResult(after, target, tally.ToCounts());
                }
            }
            catch (IncarnationEndedException)
            {
                // Deleted while it was read, and perhaps created anew: the next look tells.
            }
            finally
            {
                Remove(partial);
            }
        }

        throw new BaileysFormatException(
            BaileysFormatReason.SessionChanging, $"Session {session} changed during each of {Retries + 1} attempts to export it. Stop the bot first.")
        {
            Session = session,
        };
    }

    private static async ValueTask<AuthSessionInfo> FindAsync(IAuthStateStore store, AuthSessionId session, CancellationToken cancellationToken) =>
        await store.FindSessionAsync(session, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(session);

    private static async Task WriteAsync(
        IAuthStateStore store, AuthSessionId session, string folder, BaileysExportOptions options, Tally tally, CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, AuthKey>();
        await foreach (var record in store.EnumerateAsync(session, null, cancellationToken).ConfigureAwait(false))
        {
            var name = NameOf(record.Key, session);
            if (!names.TryAdd(name, record.Key))
                throw Collision(record.Key, names[name], name, session);
            Check(record, session);
            await WriteFileAsync(folder, name, record, names, session, cancellationToken).ConfigureAwait(false);
            tally.Add(record.Key.Type, record.Value.Length);
        }

        if (!options.AllowMissingCreds && !names.ContainsKey(BaileysFileName.Creds))
        {
            throw new BaileysFormatException(
                BaileysFormatReason.CredsMissing, $"Session {session} has no credentials: Baileys would make a new identity in the folder.")
            {
                Session = session,
                Key = AuthKey.Creds,
            };
        }
    }

    private static string NameOf(AuthKey key, AuthSessionId session)
    {
        var name = BaileysFileName.FromKey(key);
        if (Encoding.UTF8.GetByteCount(name) > MaxFileNameBytes)
            throw Fault(BaileysFormatReason.NameTooLong, key, session, $"has a file name of more than {MaxFileNameBytes} bytes.");

        // The second: what an import would refuse, such as a second creds.
        if (name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || !BaileysFileName.TryToKey(name, out _))
            throw Fault(BaileysFormatReason.NameInvalid, key, session, $"can't be a file: '{name}' is no name for it.");
        return name;
    }

    private static void Check(AuthRecord record, AuthSessionId session)
    {
        if (!BufferJson.TryValidate(record.Value.Span, out var fault))
        {
            throw new BaileysFormatException(
                fault.Reason, $"The value of {record.Key} of session {session} {fault.Describe()} It was not written through Baileys; to export bytes, store them as {nameof(BufferJson)}.{nameof(BufferJson.Encode)} makes them.")
            {
                Session = session,
                Key = record.Key,
                BytePosition = fault.Position,
            };
        }

        if (record.Key == AuthKey.Creds && !BaileysCreds.AreIn(record.Value.Span))
            throw Fault(BaileysFormatReason.CredsForeign, record.Key, session, "is not Baileys' credentials: noiseKey, signedIdentityKey or registrationId is missing.");
    }

    private static async Task WriteFileAsync(
        string folder, string name, AuthRecord record, Dictionary<string, AuthKey> names, AuthSessionId session, CancellationToken cancellationToken)
    {
        var path = Path.Join(folder, name);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream? file = null;
        try
        {
            file = new FileStream(path, create);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(record.Value, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException) when (file is null && FindLookalike(names, record.Key, name) is { IsEmpty: false } other)
        {
            throw Collision(record.Key, other, name, session);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderUnusable, $"The file '{name}' can't be written to '{folder}'.", e)
            {
                Session = session,
                FileName = name,
                Key = record.Key,
            };
        }
    }

    // There are file systems for which "A" and "a" are one name.
    private static AuthKey FindLookalike(Dictionary<string, AuthKey> names, AuthKey key, string name) =>
        names.FirstOrDefault(n => n.Value != key && string.Equals(n.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    internal static string FindTarget(string directory)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        try
        {
            // A link to an empty folder means the folder; the link itself stays.
            path = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does not exist, or what follows says why it can't be used.
        }

        if (File.Exists(path))
            throw new BaileysFormatException(BaileysFormatReason.FolderNotEmpty, $"'{path}' is a file, not a folder.");
        if (Path.GetDirectoryName(path) is not { } parent || (Directory.Exists(path) && !IsEmpty(path)))
            throw new BaileysFormatException(BaileysFormatReason.FolderNotEmpty, $"The folder '{path}' is not empty, and nothing in it is overwritten.");
        if (!Directory.Exists(parent))
            throw new BaileysFormatException(BaileysFormatReason.FolderMissing, $"There is no folder '{parent}' to export into.");
        return path;
    }

    private static bool IsEmpty(string path)
    {
        try
        {
            return !Directory.EnumerateFileSystemEntries(path).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderUnusable, $"The folder '{path}' can't be read.", e);
        }
    }

    // Beside the target, so that the last step is a rename within one file system.
    internal static string CreatePartial(string target)
    {
        var name = $".{Path.GetFileName(target)}.partial-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var path = Path.Join(Path.GetDirectoryName(target), name);
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderUnusable, $"A folder beside '{target}' can't be created, and an export is written there first.", e);
        }
    }

    internal static void Publish(string partial, string target)
    {
        try
        {
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(partial, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(
                BaileysFormatReason.FolderUnusable,
                $"The finished export can't be renamed to '{target}': something is there by now, or it is a mount point. Give a folder that does not exist.",
                e);
        }
    }

    internal static void Remove(string partial)
    {
        try
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed before is what the caller must hear of.
        }
    }

    private static BaileysFormatException Fault(BaileysFormatReason reason, AuthKey key, AuthSessionId session, string what) =>
        new(reason, $"The record {key} of session {session} {what}") { Session = session, Key = key };

    private static BaileysFormatException Collision(AuthKey key, AuthKey other, string name, AuthSessionId session) =>
        new(BaileysFormatReason.NameCollision, $"The records {other} and {key} of session {session} would both be the file '{name}'.")
        {
            Session = session,
            Key = key,
            FileName = name,
        };
}
