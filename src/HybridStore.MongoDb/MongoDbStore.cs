using HybridStore.MongoDb.Engine;
using MongoDB.Driver;

namespace HybridStore.MongoDb;

/// <summary>The database, checked and brought up to date by the first call that needs it. A failure is not remembered: the next call tries again.</summary>
internal sealed class MongoDbStore : IAsyncDisposable
{
    private readonly IMongoClient _client;
    private readonly bool _ownsClient;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile bool _isOpen;
    private volatile bool _disposed;

    /// <param name="database">The database.</param>
    /// <param name="ownsClient">Whether its client is disposed of with the tier.</param>
    /// <param name="options">The tier's options.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <param name="clock">The clock of leases, instead of the server's. For tests.</param>
    public MongoDbStore(IMongoDatabase database, bool ownsClient, MongoDbColdTierOptions options, TimeProvider time, TimeProvider? clock)
    {
        _client = database.Client;
        _ownsClient = ownsClient;
        _timeout = options.OperationTimeout;
        _time = time;
        ServerTime = new ServerTime(clock);
        Collections = new StoreCollections(database, options.CollectionPrefix);
        Causality = new Causality(_client);
    }

    public StoreCollections Collections { get; }

    public ServerTime ServerTime { get; }

    public Causality Causality { get; }

    public TimeProvider Time => _time;

    public TimeSpan Timeout => _timeout;

    public string DatabaseName => Collections.Database.DatabaseNamespace.DatabaseName;

    public bool IsDisposed => _disposed;

    /// <summary>Makes sure that the database is open.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(MongoDbColdTier));
        cancellationToken.ThrowIfCancellationRequested();
        return _isOpen ? ValueTask.CompletedTask : OpenFirstAsync(cancellationToken);
    }

    /// <summary>Makes a call with its deadline, and with the store's errors.</summary>
    /// <param name="operation">What is done, for messages.</param>
    /// <param name="call">The call; its token is cancelled by the deadline, and by the caller.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<T> CallAsync<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await BoundedAsync(operation, call, cancellationToken).ConfigureAwait(false);
    }

    public Exception Translate(Exception e, string operation) => MongoDbErrors.Translate(e, operation, _client, _timeout);

    public ValueTask DisposeAsync()
    {
        if (_disposed)
            return ValueTask.CompletedTask;
        _disposed = true;
        if (_ownsClient)
            _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask OpenFirstAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MongoDbColdTier));
            if (_isOpen)
                return;
            await BoundedAsync("open", CheckAndMigrateAsync, cancellationToken).ConfigureAwait(false);
            _isOpen = true;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<bool> CheckAndMigrateAsync(CancellationToken cancellationToken)
    {
        await ServerCheck.RunAsync(Collections.Database, cancellationToken).ConfigureAwait(false);
        await MongoDbMigrator.MigrateAsync(Collections, _time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<T> BoundedAsync<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MongoDbColdTier));
            cancellationToken.ThrowIfCancellationRequested();
            if (Translate(e, operation) is var translated && !ReferenceEquals(translated, e))
                throw translated;
            throw;
        }
    }
}
