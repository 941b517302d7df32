using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Reading;
using HybridStore.Sqlite.Writing;

namespace HybridStore.Sqlite;

/// <summary>The file, opened by the first call that needs it. A failure to open is not remembered: the next call tries again.</summary>
internal sealed class SqliteStore : IAsyncDisposable
{
    private readonly SqliteColdTierOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly SqliteTestHooks? _hooks;
    private readonly SqliteConnector _connector;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private OpenStore? _open;
    private volatile bool _disposed;

    public SqliteStore(SqliteColdTierOptions options, TimeProvider timeProvider, SqliteTestHooks? hooks)
    {
        _options = options;
        _timeProvider = timeProvider;
        _hooks = hooks;
        _connector = new SqliteConnector(Path.GetFullPath(options.Path), options.BusyTimeout);
    }

    public string FilePath => _connector.Path;

    /// <summary>Now, in the file's milliseconds.</summary>
    public long Now => UnixTime.Now(_timeProvider);

    public ValueTask<OpenStore> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteColdTier));
        cancellationToken.ThrowIfCancellationRequested();
        return Volatile.Read(ref _open) is { } open ? ValueTask.FromResult(open) : OpenFirstAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_open is { } open)
            {
                _open = null;
                open.Readers.Dispose();
                await open.Writer.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private async ValueTask<OpenStore> OpenFirstAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteColdTier));
            if (_open is null)
            {
                var writer = new SqliteWriter(_connector, _options.MaxWaitingWrites, _timeProvider, _hooks);
                var readers = new SqliteReaderPool(_connector, _options.MaxIdleReaders);
                try
                {
                    // One after the other: connections that meet in the set-up of the log wait for each other inside SQLite, where one compiled without
                    // usleep sleeps for a whole second.
                    readers.WarmUp();
                }
                catch
                {
                    readers.Dispose();
                    await writer.DisposeAsync().ConfigureAwait(false);
                    throw;
                }

                writer.Start();
                Volatile.Write(ref _open, new OpenStore(writer, readers));
            }

            return _open;
        }
        catch (Exception e) when (SqliteErrors.Translate(e, FilePath) is var translated && !ReferenceEquals(translated, e))
        {
            throw SqliteErrors.Translate(e, FilePath);
        }
        finally
        {
            _opening.Release();
        }
    }
}
