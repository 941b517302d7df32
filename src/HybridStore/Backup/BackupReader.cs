using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Backup;

/// <summary>Reads one file: all of it to verify it, and then its sessions one by one.</summary>
internal sealed class BackupReader : IAsyncDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly FileStream _file;

    private BackupReader(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    public IReadOnlyList<BackupSection> Sections { get; private set; } = [];

    /// <summary>Opens a file and verifies all of it.</summary>
    public static async ValueTask<BackupReader> OpenAsync(string path, byte kind, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        FileStream file;
        try
        {
            file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 1 << 16 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(BackupFault.Inaccessible, path, $"{path} can't be read: {e.Message}", e);
        }

        var reader = new BackupReader(path, file);
        try
        {
            reader.Sections = await reader.VerifyAsync(kind, cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async IAsyncEnumerable<SealedRecord> ReadRecordsAsync(BackupSection section, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _file.Position = section.Offset;
        for (long i = 0; i < section.Items; i++)
        {
            var (_, contents, _) = await ReadBlockAsync(cancellationToken).ConfigureAwait(false);
            var fields = new Fields(_path, contents);
            var key = new AuthKey(fields.Name(), fields.Name());
            yield return new SealedRecord(key, fields.Number(), fields.Rest());
        }
    }

    public async ValueTask<IReadOnlyList<WrappedDataKey>> ReadKeysAsync(BackupSection section, CancellationToken cancellationToken)
    {
        _file.Position = section.Offset;
        var keys = new List<WrappedDataKey>();
        for (long i = 0; i < section.Items; i++)
        {
            var (_, contents, _) = await ReadBlockAsync(cancellationToken).ConfigureAwait(false);
            var fields = new Fields(_path, contents);
            keys.Add(new WrappedDataKey(new DataKeyId((ulong)fields.Number()), fields.Rest()));
        }

        return keys;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async ValueTask<IReadOnlyList<BackupSection>> VerifyAsync(byte kind, CancellationToken cancellationToken)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = new byte[BackupFormat.HeaderSize];
        await ReadAsync(header, BackupFault.NotABackup, cancellationToken).ConfigureAwait(false);
        CheckHeader(header, kind);
        all.AppendData(header);

        var item = kind == BackupFormat.Keys ? BackupFormat.Key : BackupFormat.Record;
        var sections = new List<BackupSection>();
        var sessions = new HashSet<AuthSessionId>();
        while (true)
        {
            var (tag, contents, head) = await ReadBlockAsync(cancellationToken).ConfigureAwait(false);
            if (tag == BackupFormat.EndOfFile)
            {
                var end = new Fields(_path, contents);
                if (end.Number() != sections.Count || !end.Rest().Span.SequenceEqual(all.GetHashAndReset()) || _file.Position != _file.Length)
                    throw Damaged("its checksum is not the one that was written");
                return sections;
            }

            if (tag != BackupFormat.Session)
                throw Damaged("a session was expected");
            var section = await VerifySessionAsync(head, contents, item, all, cancellationToken).ConfigureAwait(false);
            if (!sessions.Add(section.Session))
                throw Damaged($"it has the session {section.Session} twice");
            sections.Add(section);
        }
    }

    private async ValueTask<BackupSection> VerifySessionAsync(byte[] head, byte[] contents, byte item, IncrementalHash all, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(contents);
        var fields = new Fields(_path, contents);
        var session = Session(ref fields);
        var (incarnation, version, offset) = (fields.Number(), fields.Number(), _file.Position);
        for (long items = 0; ; items++)
        {
            (var tag, contents, head) = await ReadBlockAsync(cancellationToken).ConfigureAwait(false);
            if (tag == item)
            {
                hash.AppendData(head);
                hash.AppendData(contents);
                continue;
            }

            if (tag != BackupFormat.EndOfSession)
                throw Damaged("a record was expected");
            all.AppendData(contents);
            var end = new Fields(_path, contents);
            var digest = hash.GetHashAndReset();
            if (end.Number() != items || !end.Rest().Span.SequenceEqual(digest) || incarnation < 1 || version < 1)
                throw Damaged($"the checksum of session {session} is not the one that was written");
            return new BackupSection(session, incarnation, version, items, offset, digest);
        }
    }

    private AuthSessionId Session(ref Fields fields)
    {
        try
        {
            return new AuthSessionId(fields.Name(), fields.Name());
        }
        catch (InvalidAuthInputException)
        {
            throw Damaged("it names a session that can't be");
        }
    }

    private void CheckHeader(byte[] header, byte kind)
    {
        if (!header.AsSpan().StartsWith(BackupFormat.Magic))
            throw new BackupException(BackupFault.NotABackup, _path, $"{_path} is not a backup.");
        var format = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4));
        if (format > BackupFormat.Current)
            throw new BackupException(BackupFault.NewerFormat, _path, $"{_path} has the format {format}, of a newer version of the library; this one reads up to {BackupFormat.Current}.");
        if (header[6] != kind)
        {
            throw new BackupException(
                BackupFault.NotABackup, _path, kind == BackupFormat.Keys ? $"{_path} has no keys: it is the backup itself." : $"{_path} is no backup: it has the keys of one.");
        }
    }

    private async ValueTask<(byte Tag, byte[] Contents, byte[] Head)> ReadBlockAsync(CancellationToken cancellationToken)
    {
        var head = new byte[BackupFormat.BlockHeaderSize];
        await ReadAsync(head, BackupFault.Damaged, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (length is < 0 or > BackupFormat.MaxBlock)
            throw Damaged("a length can't be");
        if (length > _file.Length - _file.Position)
            throw Damaged("it was cut short");
        var contents = new byte[length];
        await ReadAsync(contents, BackupFault.Damaged, cancellationToken).ConfigureAwait(false);
        return (head[0], contents, head);
    }

    private async ValueTask ReadAsync(byte[] buffer, BackupFault fault, CancellationToken cancellationToken)
    {
        try
        {
            await _file.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw fault == BackupFault.Damaged ? Damaged("it was cut short") : new BackupException(fault, _path, $"{_path} is not a backup: it is too short.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(BackupFault.Inaccessible, _path, $"{_path} can't be read: {e.Message}", e);
        }
    }

    private BackupException Damaged(string how) => Fields.Damaged(_path, how);

    /// <summary>Takes the contents of a block apart.</summary>
    private struct Fields(string path, byte[] contents)
    {
        private int _at;

        public static BackupException Damaged(string path, string how) => new(BackupFault.Damaged, path, $"{path} is damaged: {how}. Nothing was changed.");

        public long Number() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

        public string Name()
        {
            var bytes = Take(BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort))));
            try
            {
                return StrictUtf8.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                throw Damaged(path, "a name is no text");
            }
        }

        public readonly ReadOnlyMemory<byte> Rest() => contents.AsMemory(_at);

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > contents.Length - _at)
                throw Damaged(path, "a block is too short");
            _at += count;
            return contents.AsSpan(_at - count, count);
        }
    }
}
