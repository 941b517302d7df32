using System.Transactions;
using Npgsql;

namespace HybridStore.PostgreSql.Engine;

/// <summary>Calls the database: each call on a connection of the pool, with a deadline, repeats where they are harmless, and the store's errors.</summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly NpgsqlDataSource _source;
    private readonly bool _isShared;
    private readonly PostgreSqlColdTierOptions _options;
    private readonly TimeProvider _time;

    /// <param name="source">Where connections come from.</param>
    /// <param name="isShared">Whether the source is the application's, and stays open.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of deadlines.</param>
    public PostgreSqlDatabase(NpgsqlDataSource source, bool isShared, PostgreSqlColdTierOptions options, TimeProvider time)
    {
        _source = source;
        _isShared = isShared;
        _options = options;
        _time = time;
        Sql = new SqlText(options.Schema);
        Server = ConnectionStrings.Describe(new NpgsqlConnectionStringBuilder(source.ConnectionString));
    }

    public SqlText Sql { get; }

    /// <summary>The servers and the database, for messages.</summary>
    public string Server { get; }

    public string Schema => _options.Schema;

    /// <summary>Whether the database was found usable.</summary>
    public bool IsOpen { get; set; }

    /// <summary>
    /// Whether a connection keeps the statements that every commit and read sends, so that the server need not parse and plan them again. Behind a pool that gives each
    /// transaction another process of the server, it must not.
    /// </summary>
    public bool Prepares { get; set; }

    /// <summary>Makes a call that changes nothing. It is repeated on another connection if one breaks.</summary>
    public async Task<T> ReadAsync<T>(string operation, Func<NpgsqlConnection, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CallDeadline(_options.OperationTimeout, _time, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await ConnectAsync(deadline).ConfigureAwait(false);
                return await deadline.WaitAsync(RunAsync(connection, call, deadline.Token), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgreSqlErrors.IsOurs(e))
            {
                if (deadline.IsGivenUp)
                    throw new OperationCanceledException(cancellationToken);
                Forget(e);
                if (attempt == Attempts || deadline.Token.IsCancellationRequested || !PostgreSqlErrors.MayPass(e))
                    throw Translate(e, operation);
            }
        }
    }

    /// <summary>
    /// Makes a call that is one transaction. Cancellation is honoured until it is sent. It is repeated only after the server said that it was undone because others were in its way.
    /// </summary>
    /// <param name="operation">What it is, for messages.</param>
    /// <param name="call">Sends the transaction. It has ended when the server says that it is ready for the next.</param>
    /// <param name="outcomeUnknown">What to throw if it may have been kept and the answer did not come; <see langword="null"/> for <see cref="StoreUnavailableException"/>.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<T> WriteAsync<T>(
        string operation,
        Func<NpgsqlConnection, CancellationToken, Task<T>> call,
        Func<Exception, Exception>? outcomeUnknown,
        CancellationToken cancellationToken)
    {
        using var deadline = new CallDeadline(_options.OperationTimeout, _time, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var connection = await ConnectToWriteAsync(operation, deadline).ConfigureAwait(false);
            var notReplicated = false;
            connection.Notice += (_, e) => notReplicated |= PostgreSqlErrors.IsNotReplicated(e.Notice);
            try
            {
                var result = await deadline.WaitAsync(RunAsync(connection, call, deadline.Timeout), CancellationToken.None).ConfigureAwait(false);
                if (!notReplicated)
                    return result;
            }
            catch (Exception e) when (PostgreSqlErrors.IsOurs(e))
            {
                if (!PostgreSqlErrors.IsRolledBack(e))
                    throw Unknown(e, operation, outcomeUnknown);
                if (!PostgreSqlErrors.IsCollision(e) || attempt == Attempts)
                    throw Translate(e, operation);
            }

            // A repeat waits for the standby again, and for everything before it.
            if (notReplicated)
                throw Unknown(new TimeoutException("A standby that the server is told to wait for did not answer."), operation, outcomeUnknown);
            await PauseAsync(attempt, operation, deadline).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a connection for calls that this class does not make.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CallDeadline deadline)
    {
        // A transaction around the caller is none of ours: what is told as kept must be kept, whatever becomes of that one.
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            return await deadline.WaitAsync(_source.OpenConnectionAsync(deadline.Token).AsTask(), deadline.Caller).ConfigureAwait(false);
    }

    public AuthStoreException Translate(Exception e, string operation) => PostgreSqlErrors.Translate(e, Server, operation, IsOpen);

    public CallDeadline Deadline(CancellationToken cancellationToken) => new(_options.OperationTimeout, _time, cancellationToken);

    /// <summary>After a connection broke, others of the pool are as dead: the server went away.</summary>
    public void Forget(Exception e)
    {
        if (!PostgreSqlErrors.IsRolledBack(e) && e is not OperationCanceledException)
            _source.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isShared)
            await _source.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<T> RunAsync<T>(NpgsqlConnection connection, Func<NpgsqlConnection, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
            return await call(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task<NpgsqlConnection> ConnectToWriteAsync(string operation, CallDeadline deadline)
    {
        try
        {
            return await ConnectAsync(deadline).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgreSqlErrors.IsOurs(e))
        {
            throw deadline.IsGivenUp ? new OperationCanceledException(deadline.Caller) : Translate(e, operation);
        }
    }

    private Exception Unknown(Exception e, string operation, Func<Exception, Exception>? outcomeUnknown)
    {
        Forget(e);
        return outcomeUnknown?.Invoke(e) ?? new StoreUnavailableException(
            PostgreSqlErrors.TierName, $"PostgreSQL at {Server} failed in the middle ({operation}): whether the change was kept is unknown. Ask again.", e);
    }

    // Who collided again and again comes apart by chance.
    private async Task PauseAsync(int attempt, string operation, CallDeadline deadline)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 << attempt)), _time, deadline.Timeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw Translate(e, operation);
        }
    }
}
