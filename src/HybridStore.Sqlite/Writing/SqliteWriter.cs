using System.Threading.Channels;
using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Writing;

/// <summary>The one writer of this process: a bounded queue and the loop that empties it in group commits, and tidies up when nothing waits.</summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int GroupsBetweenTidying = 64;

    private readonly Channel<WriteWork> _queue;
    private readonly WriterConnection _connection;
    private readonly WriteGroup _group;
    private readonly Tidying _tidying;
    private Task? _loop;

    /// <summary>Opens the file; the writer does nothing before it is started.</summary>
    public SqliteWriter(SqliteConnector connector, int maxWaiting, TimeProvider timeProvider, SqliteTestHooks? hooks)
    {
        _queue = Channel.CreateBounded<WriteWork>(new BoundedChannelOptions(maxWaiting) { SingleReader = true });
        _connection = new WriterConnection(connector, timeProvider, hooks);
        _tidying = new Tidying(_connection);
        _group = new WriteGroup(_connection, _tidying, hooks);
        try
        {
            _ = _connection.Open();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>How many transactions were committed for callers.</summary>
    public long Commits => _group.Commits;

    /// <summary>How many steps of tidying up were done, and whether there may be more.</summary>
    public (long Steps, bool IsDue) Tidied => (_tidying.Steps, _tidying.IsDue);

    /// <summary>Has a work done. Cancellation is honoured until the writer begins with it.</summary>
    public ValueTask<TResult> RunAsync<TResult>(WriteWork<TResult> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Room in the queue is the rule.
        if (!_queue.Writer.TryWrite(work))
            return RunWhenThereIsRoomAsync(work, cancellationToken);
        return cancellationToken.CanBeCanceled ? WaitAsync(work, cancellationToken) : new ValueTask<TResult>(work.Completion);
    }

    private async ValueTask<TResult> RunWhenThereIsRoomAsync<TResult>(WriteWork<TResult> work, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteColdTier));
        }

        return await WaitAsync(work, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<TResult> WaitAsync<TResult>(WriteWork<TResult> work, CancellationToken cancellationToken)
    {
        using (work.CancelWith(cancellationToken))
            return await work.Completion.ConfigureAwait(false);
    }

    /// <summary>Finishes what was accepted, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_loop is not null)
            await _loop.ConfigureAwait(false);
        else
            _connection.Dispose();
    }

    private async Task RunAsync()
    {
        int groups = 0;
        while (true)
        {
            // A writer that is never idle tidies up now and then all the same.
            if (groups < GroupsBetweenTidying && _queue.Reader.TryRead(out var work))
            {
                groups++;
                _group.Run(work, _queue.Reader);
                continue;
            }

            groups = 0;
            if (_tidying.IsDue && !_queue.Reader.Completion.IsCompleted)
                _tidying.DoSome();
            else if (!await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
                break;
        }

        _connection.Dispose();
    }
}
