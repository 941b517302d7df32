using HybridStore.PostgreSql.Engine;

namespace HybridStore.PostgreSql.Writing;

/// <summary>Removes, a bounded number at a time, what deletions and abandoned imports left. What is not finished goes on after the next one, or at the next start.</summary>
internal sealed class Purge(PostgreSqlDatabase database) : IAsyncDisposable
{
    private const int MaxRecords = 500;

    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _starting = new();
    private bool _again;
    private Task _running = Task.CompletedTask;

    /// <summary>What is being done; it never fails.</summary>
    public Task Running
    {
        get
        {
            lock (_starting)
                return _running;
        }
    }

    /// <summary>Something may be left to remove.</summary>
    public void Start()
    {
        lock (_starting)
        {
            if (_ending.IsCancellationRequested)
                return;
            _again = true;
            if (!_running.IsCompleted)
                return;
            using (ExecutionContext.SuppressFlow())
                _running = Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_starting)
            _ending.Cancel();
        await Running.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (TakeTurn())
            {
                while (!_ending.IsCancellationRequested && await StepAsync().ConfigureAwait(false))
                {
                }
            }
        }
        catch (Exception e) when (e is AuthStoreException or OperationCanceledException or ObjectDisposedException)
        {
            // What is left belongs to nobody and is found again.
        }
    }

    // Not again: whoever starts after this begins anew.
    private bool TakeTurn()
    {
        lock (_starting)
        {
            var again = _again && !_ending.IsCancellationRequested;
            _again = false;
            if (!again)
                _running = Task.CompletedTask;
            return again;
        }
    }

    private Task<bool> StepAsync() => database.WriteAsync(
        "purge",
        async (connection, deadline) =>
        {
            var command = Statement.Of(connection, database.Sql.Call("purge_v1", 1)).Int(MaxRecords);
            return await command.SingleAsync(static row => row.GetBoolean(0), deadline).ConfigureAwait(false);
        },
        outcomeUnknown: null,
        _ending.Token);
}
