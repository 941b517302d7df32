using HybridStore.PostgreSql.Diagnostics;
using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Writing;
using Microsoft.Extensions.Logging;

namespace HybridStore.PostgreSql;

/// <summary>The database, looked at and brought up to date by the first call that needs it. A failure is not remembered: the next call tries again.</summary>
internal sealed class PostgreSqlStore : IAsyncDisposable
{
    private readonly PostgreSqlDatabase _database;
    private readonly PostgreSqlMigrator _migrator;
    private readonly ILogger _logger;
    private readonly TimeProvider? _clock;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile bool _disposed;

    /// <param name="database">The database.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="clock">The clock of leases, instead of the server's own: for tests.</param>
    public PostgreSqlStore(PostgreSqlDatabase database, PostgreSqlColdTierOptions options, TimeProvider time, ILogger logger, TimeProvider? clock)
    {
        _database = database;
        _migrator = new PostgreSqlMigrator(database, options.Migrates);
        _logger = logger;
        _clock = clock;
        Commits = new CommitWriter(database, options, time, Now);
        Purge = new Purge(database);
    }

    public CommitWriter Commits { get; }

    public Purge Purge { get; }

    /// <summary>The time of leases, or <see langword="null"/> for the server's.</summary>
    public DateTimeOffset? Now() => _clock?.GetUtcNow();

    public ValueTask<PostgreSqlDatabase> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(PostgreSqlColdTier));
        cancellationToken.ThrowIfCancellationRequested();
        return _database.IsOpen ? ValueTask.FromResult(_database) : OpenFirstAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _opening.WaitAsync().ConfigureAwait(false);
        await Commits.DisposeAsync().ConfigureAwait(false);
        await Purge.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
        _opening.Release();
    }

    private async ValueTask<PostgreSqlDatabase> OpenFirstAsync(CancellationToken cancellationToken)
    {
        using var deadline = _database.Deadline(cancellationToken);
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PostgreSqlColdTier));
            if (!_database.IsOpen)
            {
                var connection = await _database.ConnectAsync(deadline).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    var report = await _migrator.PrepareAsync(connection, deadline.Token).ConfigureAwait(false);
                    if (!report.IsDurable)
                        Log.NotDurable(_logger, _database.Server);
                    _database.Prepares = report.IsDirect;
                }

                _database.IsOpen = true;
                Purge.Start();
            }

            return _database;
        }
        catch (Exception e) when (PostgreSqlErrors.IsOurs(e))
        {
            if (deadline.IsGivenUp)
                throw new OperationCanceledException(cancellationToken);
            _database.Forget(e);
            throw _database.Translate(e, "open");
        }
        finally
        {
            _opening.Release();
        }
    }
}
