using System.IO.Enumeration;

namespace HybridStore.Baileys;

/// <summary>A folder as it was when it was listed: names in memory, contents never.</summary>
internal sealed class BaileysFolder
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string _path;

    private BaileysFolder(string path, IReadOnlyList<RecordFile> files, IReadOnlyList<string> ignored)
    {
        _path = path;
        Files = files;
        Ignored = ignored;
    }

    /// <summary>One file a record, in ordinal order of their names.</summary>
    public IReadOnlyList<RecordFile> Files { get; }

    /// <summary>What is no record, by name, in ordinal order.</summary>
    public IReadOnlyList<string> Ignored { get; }

    public static BaileysFolder List(string directory)
    {
        var path = Path.GetFullPath(directory);
        var files = new List<RecordFile>();
        var ignored = new List<string>();
        foreach (var entry in ListEntries(path))
        {
            if (entry.IsDirectory || !entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                ignored.Add(entry.Name);
                continue;
            }

            if (!BaileysFileName.TryToKey(entry.Name, out var key))
            {
                throw new BaileysFormatException(
                    BaileysFormatReason.NotARecordName, $"The file '{entry.Name}' has a name that Baileys gives to no record. Move it out of the folder if it is yours.")
                {
                    FileName = entry.Name,
                };
            }

            if (entry.IsLink)
            {
                throw new BaileysFormatException(
                    BaileysFormatReason.SymbolicLink, $"The file '{entry.Name}' is a symbolic link, which is not followed: it may lead out of the folder.")
                {
                    FileName = entry.Name,
                };
            }

            files.Add(new RecordFile(entry.Name, key, entry.Length, entry.LastWriteTime));
        }

        if (files.Count == 0)
            throw new BaileysFormatException(BaileysFormatReason.FolderEmpty, $"The folder '{path}' has no record in it.");

        files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        ignored.Sort(StringComparer.Ordinal);
        var keys = new HashSet<AuthKey>(files.Count);
        foreach (var file in files)
        {
            // Names are told apart by their records (BaileysFileName), but two names that are not Unicode look alike here.
            if (!keys.Add(file.Key))
            {
                throw new BaileysFormatException(BaileysFormatReason.NameCollision, $"Two files are the record {file.Key}; one of them is '{file.Name}'.")
                {
                    FileName = file.Name,
                    Key = file.Key,
                };
            }
        }

        return new BaileysFolder(path, files, ignored);
    }

    /// <summary>Reads a file whole, on this thread: the asynchronous way hops to another thread and back for each of thousands of small files.</summary>
    public byte[] Read(RecordFile file)
    {
        if (file.Length > AuthLimits.MaxValueBytes)
            throw Fault(BaileysFormatReason.TooLarge, file, $"has {file.Length} bytes; the most is {AuthLimits.MaxValueBytes}.");

        var path = Path.Join(_path, file.Name);
        try
        {
            // Pipes, sockets and devices have no length: they end here, before an open that might never return.
            if (file.Length == 0)
            {
                throw File.Exists(path)
                    ? Fault(BaileysFormatReason.FileEmpty, file, "is empty: a write was cut short, or it is no file.")
                    : Vanished(file);
            }

            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            var read = 0;
            while (read < bytes.Length)
            {
                var n = RandomAccess.Read(handle, bytes.AsSpan(read), read);
                if (n == 0)
                    break;
                read += n;
            }

            // Longer than it was listed: what was read is its beginning, and would be taken for a file cut short.
            return read == bytes.Length && RandomAccess.GetLength(handle) == read ? bytes : throw Changed(file.Name);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Vanished(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(BaileysFormatReason.FileUnreadable, file, "can't be read.", e);
        }
    }

    /// <summary>Throws if the folder is not as it was listed. Records belong together: half of them from before a message and half from after it is no auth state.</summary>
    public void VerifyUnchanged()
    {
        var now = new Dictionary<string, FolderEntry>();
        foreach (var entry in ListEntries(_path))
        {
            if (!entry.IsDirectory && entry.Name.EndsWith(".json", StringComparison.Ordinal))
                now[entry.Name] = entry;
        }

        foreach (var file in Files)
        {
            if (!now.Remove(file.Name, out var entry))
                throw Vanished(file);
            if (entry.Length != file.Length || entry.LastWriteTime != file.LastWriteTime)
                throw Changed(file.Name);
        }

        foreach (var name in now.Keys)
            throw Changed(name);
    }

    public static BaileysFormatException Fault(BaileysFormatReason reason, RecordFile file, string what, Exception? cause = null) =>
        new(reason, $"The file '{file.Name}' {what}", cause) { FileName = file.Name, Key = file.Key };

    private static BaileysFormatException Vanished(RecordFile file) =>
        Fault(BaileysFormatReason.FileVanished, file, "was in the folder and is gone: something still writes there. Stop the bot first.");

    private static BaileysFormatException Changed(string name) =>
        new(BaileysFormatReason.FileChanged, $"The file '{name}' changed while the folder was read: something still writes there. Stop the bot first.")
        {
            FileName = name,
        };

    private static List<FolderEntry> ListEntries(string path)
    {
        try
        {
            return
            [
                .. new FileSystemEnumerable<FolderEntry>(
                    path,
                    (ref FileSystemEntry e) => new FolderEntry(
                        e.FileName.ToString(),
                        e.IsDirectory,
                        (e.Attributes & FileAttributes.ReparsePoint) != 0 && e.ToFileSystemInfo().LinkTarget is not null,
                        e.Length,
                        e.LastWriteTimeUtc),
                    Everything),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderMissing, $"There is no folder '{path}'.");
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderMissing, $"'{path}' is a file, not a folder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderUnusable, $"The folder '{path}' can't be read.", e);
        }
    }

    private readonly record struct FolderEntry(string Name, bool IsDirectory, bool IsLink, long Length, DateTimeOffset LastWriteTime);
}

/// <summary>A file that is a record.</summary>
internal readonly record struct RecordFile(string Name, AuthKey Key, long Length, DateTimeOffset LastWriteTime);
