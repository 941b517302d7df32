using System.Security.Cryptography;
using HybridStore.Audit;

namespace HybridStore;

/// <summary>
/// A trail in a file that only grows: one JSON object a line, each with the hash of the line before it, so that what was changed, removed or put in between shows. Processes of one machine may
/// share the file; it is on the disk before <see cref="AppendAsync"/> returns. docs/audit.md tells its form.
/// </summary>
/// <remarks>The file is made for its owner alone, and so is the one beside it whose name ends in <c>.lock</c>. A last line that was cut short by a crash stays, and the line behind it says so.</remarks>
public sealed class FileAuditTrail : IAuditTrail, IDisposable
{
    private readonly AuditChain _chain;
    private readonly string _begins;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _sync = new();
    private List<Pending> _pending = [];

    /// <summary>Creates the trail. Nothing is opened before the first entry.</summary>
    /// <param name="path">The file, in a folder that exists.</param>
    /// <param name="key">See <see cref="AuditOptions.Key"/>.</param>
    /// <param name="previousHash">See <see cref="AuditOptions.PreviousHash"/>.</param>
    /// <exception cref="ArgumentException">The path, the key or the hash is none. The key is never shown.</exception>
    public FileAuditTrail(string path, string? key = null, string? previousHash = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (key is not null && AuditChain.FaultOf(key) is { } fault)
            throw new ArgumentException(fault, nameof(key));
        if (previousHash is not null && !AuditLine.IsHash(previousHash))
            throw new ArgumentException($"It is not {AuditLine.HashDigits} digits.", nameof(previousHash));
        Path = System.IO.Path.GetFullPath(path);
        _chain = AuditChain.Of(key);
        _begins = previousHash ?? AuditLine.NoHash;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(AuditEvent entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var pending = new Pending(AuditLine.Of(entry));
        lock (_sync)
            _pending.Add(pending);
        try
        {
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_sync)
                _pending.Remove(pending);
            throw;
        }

        try
        {
            // Whoever came first has written what came meanwhile too: many sessions that open at once wait for few writes to the disk.
            if (!pending.IsDone)
                await WriteAsync(Take()).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        if (pending.Failure is { } failure)
            throw Unwritable(failure);
    }

    /// <summary>Makes sure that entries can be added, without adding one.</summary>
    /// <exception cref="AuditTrailException">They can't.</exception>
    internal async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync([]).ConfigureAwait(false);
        }
        catch (Exception e) when (IsExpected(e))
        {
            throw Unwritable(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Clears the key.</summary>
    public void Dispose()
    {
        _chain.Dispose();
        _writing.Dispose();
    }

    private List<Pending> Take()
    {
        lock (_sync)
        {
            var batch = _pending;
            _pending = [];
            return batch;
        }
    }

    private async ValueTask WriteAsync(List<Pending> batch)
    {
        Exception? failure = null;
        try
        {
            using var held = await AuditLock.TakeAsync(Path).ConfigureAwait(false);
            using var file = new FileStream(Path, AuditLock.Options(FileShare.Read | FileShare.Delete));
            Write(file, batch);
        }
#pragma warning disable CA1031 // Everybody who waits for this batch is told, whatever it is: nobody else would write it.
        catch (Exception e) when (batch.Count > 0)
#pragma warning restore CA1031
        {
            failure = e;
        }

        foreach (var pending in batch)
            (pending.Failure, pending.IsDone) = (failure, true);
    }

    private void Write(FileStream file, List<Pending> batch)
    {
        var tail = AuditTail.Read(file) ?? throw new InvalidDataException("it is no audit trail");
        var (number, previous) = (0L, _begins);
        if (tail.Last is { } last)
            (number, previous) = After(last);
        if (batch.Count == 0)
            return;
        using var lines = new MemoryStream();
        if (tail.Torn.Length > 0)
        {
            if (!tail.IsClosed)
                lines.WriteByte((byte)'\n');
            var closing = batch[0].Line with
            {
                Kind = AuditLine.TornKind,
                Outcome = null,
                Action = null,
                Tenant = null,
                Session = null,
                Incarnation = null,
                Version = null,
                Key = null,
                Sessions = null,
                Records = null,
                DataKeys = null,
                Detail = null,
                Torn = Convert.ToHexStringLower(SHA256.HashData(tail.Torn)),
            };
            previous = closing.Write(_chain, ++number, previous, lines);
        }

        foreach (var pending in batch)
            previous = pending.Line.Write(_chain, ++number, previous, lines);
        file.Seek(0, SeekOrigin.End);
        file.Write(lines.GetBuffer(), 0, (int)lines.Length);
        file.Flush(flushToDisk: true);
    }

    private (long Number, string Hash) After(byte[] last)
    {
        var line = AuditLine.TryRead(last) ?? throw new InvalidDataException("its last line is none of an audit trail, or was changed");
        if (line.Chain != _chain.Name)
            throw new InvalidDataException($"its lines are bound with {line.Chain}, and would be with {_chain.Name} here: begin a new file");
        return line.Fits(last, _chain) ? (line.Number, line.Hash!) : throw new InvalidDataException("its last line was changed");
    }

    private static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or InvalidDataException;

    private AuditTrailException Unwritable(Exception e) => new($"The audit trail {Path} can't be written: {e.Message.TrimEnd('.')}.", e) { Path = Path };

    private sealed class Pending(AuditLine line)
    {
        public AuditLine Line => line;

        public bool IsDone { get; set; }

        public Exception? Failure { get; set; }
    }
}
