using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Backup;

/// <summary>Writes one file beside its name, and gives it the name when it is whole and on the disk.</summary>
internal sealed class BackupWriter : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _partPath;
    private readonly FileStream _file;
    private readonly IncrementalHash _all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _section = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _block = new();
    private long _begin;
    private long _items;
    private long _sessions;
    private bool _completed;

    private BackupWriter(string path, string partPath, FileStream file)
    {
        _path = path;
        _partPath = partPath;
        _file = file;
    }

    public static async ValueTask<BackupWriter> CreateAsync(string path, byte kind, DateTimeOffset now, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        if (Path.Exists(path))
            throw new BackupException(BackupFault.Exists, path, $"There is {path} already. A backup is never written over.");
        var partPath = $"{path}.{Guid.NewGuid():N}.part";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            var writer = new BackupWriter(path, partPath, new FileStream(partPath, options));
            await writer.BeginAsync(kind, now, cancellationToken).ConfigureAwait(false);
            return writer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Inaccessible(path, e);
        }
    }

    public async ValueTask BeginSessionAsync(AuthSessionId session, long incarnation, long version, CancellationToken cancellationToken)
    {
        _begin = _file.Position;
        _items = 0;
        _section.GetHashAndReset();
        _block.ResetWrittenCount();
        AddName(session.Tenant);
        AddName(session.Session);
        Add(incarnation);
        Add(version);
        await WriteAsync(BackupFormat.Session, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteAsync(SealedRecord record, CancellationToken cancellationToken)
    {
        _items++;
        _block.ResetWrittenCount();
        AddName(record.Key.Type);
        AddName(record.Key.Id);
        Add(record.Version);
        _block.Write(record.Envelope.Span);
        await WriteAsync(BackupFormat.Record, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteAsync(WrappedDataKey key, CancellationToken cancellationToken)
    {
        _items++;
        _block.ResetWrittenCount();
        Add((long)key.Id.Value);
        _block.Write(key.Bytes.Span);
        await WriteAsync(BackupFormat.Key, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask EndSessionAsync(CancellationToken cancellationToken)
    {
        _block.ResetWrittenCount();
        Add(_items);
        _block.Write(_section.GetHashAndReset());
        _all.AppendData(_block.WrittenSpan);
        _sessions++;
        await WriteAsync(BackupFormat.EndOfSession, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back the session that was begun.</summary>
    public async ValueTask AbandonSessionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
            _file.SetLength(_begin);
            _file.Position = _begin;
        }
        catch (IOException e)
        {
            throw Inaccessible(_path, e);
        }
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        _block.ResetWrittenCount();
        Add(_sessions);
        _block.Write(_all.GetHashAndReset());
        await WriteAsync(BackupFormat.EndOfFile, cancellationToken).ConfigureAwait(false);
        try
        {
            _file.Flush(flushToDisk: true);
            await _file.DisposeAsync().ConfigureAwait(false);
            File.Move(_partPath, _path, overwrite: false);
            _completed = true;
        }
        catch (IOException e)
        {
            throw Inaccessible(_path, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        _all.Dispose();
        _section.Dispose();
        if (!_completed)
            File.Delete(_partPath);
    }

    private static BackupException Inaccessible(string path, Exception e) => new(BackupFault.Inaccessible, path, $"{path} can't be written: {e.Message}", e);

    private async ValueTask BeginAsync(byte kind, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var header = new byte[BackupFormat.HeaderSize];
        BackupFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), BackupFormat.Current);
        header[6] = kind;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(8), now.ToUnixTimeMilliseconds());
        _all.AppendData(header);
        await _file.WriteAsync(header, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(byte tag, CancellationToken cancellationToken)
    {
        var head = new byte[BackupFormat.BlockHeaderSize];
        head[0] = tag;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), _block.WrittenCount);
        if (tag is not (BackupFormat.EndOfSession or BackupFormat.EndOfFile))
        {
            _section.AppendData(head);
            _section.AppendData(_block.WrittenSpan);
        }

        try
        {
            await _file.WriteAsync(head, cancellationToken).ConfigureAwait(false);
            await _file.WriteAsync(_block.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Inaccessible(_path, e);
        }
    }

    private void AddName(string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        BinaryPrimitives.WriteUInt16BigEndian(_block.GetSpan(sizeof(ushort)), (ushort)length);
        _block.Advance(sizeof(ushort));
        Encoding.UTF8.GetBytes(name, _block.GetSpan(length));
        _block.Advance(length);
    }

    private void Add(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(_block.GetSpan(sizeof(long)), number);
        _block.Advance(sizeof(long));
    }
}
