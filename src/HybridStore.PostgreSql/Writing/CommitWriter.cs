using System.Threading.Channels;
using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Writing;

/// <summary>Gathers what waits while others are being committed. A lone commit waits for nobody.</summary>
internal sealed class CommitWriter : IAsyncDisposable
{
    private const int MaxWorks = 256;
    private const long MaxBytes = 4 * 1024 * 1024;

    private readonly PostgreSqlDatabase _database;
    private readonly Channel<CommitWork> _waiting;
    private readonly CommitGroup _group;
    private readonly int _maxGroups;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly Lock _counting = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _groups;
    private long _sent;
    private bool _disposed;

    /// <param name="database">The database.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <param name="now">The time of leases; <see langword="null"/> for the server's own.</param>
    public CommitWriter(PostgreSqlDatabase database, PostgreSqlColdTierOptions options, TimeProvider time, Func<DateTimeOffset?> now)
    {
        _database = database;
        _waiting = Channel.CreateBounded<CommitWork>(options.MaxWaitingWrites);
        _group = new CommitGroup(database, now);
        _maxGroups = options.MaxConcurrentWrites;
        _patience = options.OperationTimeout;
        _time = time;
    }

    /// <summary>How many commits were taken to be sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Has a commit made. Cancellation is honoured until it is sent.</summary>
    public async ValueTask<ColdCommitResult> RunAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var work = new CommitWork(commit, _time.GetTimestamp());
        try
        {
            await _waiting.Writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(PostgreSqlColdTier));
        }

        StartGroup();
        await using (work.CancelWith(cancellationToken).ConfigureAwait(false))
            return await work.Completion.ConfigureAwait(false);
    }

    /// <summary>Finishes what was accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        lock (_counting)
        {
            _disposed = true;
            if (_groups == 0)
                _idle.TrySetResult();
        }

        await _idle.Task.ConfigureAwait(false);
    }

    private void StartGroup()
    {
        lock (_counting)
        {
            if (_groups == _maxGroups)
                return;
            _groups++;
        }

        // Whoever happens to come first lends it neither its thread nor its surroundings.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(RunGroupsAsync);
    }

    private async Task RunGroupsAsync()
    {
        while (true)
        {
            for (var works = TakeWaiting(); works.Count > 0; works = TakeWaiting())
                await _group.RunAsync(works).ConfigureAwait(false);
            lock (_counting)
            {
                // Who came meanwhile found as many groups under way as there may be.
                if (_waiting.Reader.TryPeek(out _))
                    continue;
                _groups--;
                if (_disposed && _groups == 0)
                    _idle.TrySetResult();
                return;
            }
        }
    }

    private List<CommitWork> TakeWaiting()
    {
        var works = new List<CommitWork>();
        long bytes = 0;
        while (works.Count < MaxWorks && bytes < MaxBytes && _waiting.Reader.TryRead(out var work))
        {
            if (!work.TryTake())
                continue;
            if (_time.GetElapsedTime(work.CalledAt) > _patience)
            {
                // Those before it waited for a server that hung.
                work.Fail(_database.Translate(new TimeoutException(), "commit"));
                continue;
            }

            works.Add(work);
            Interlocked.Increment(ref _sent);
            bytes += work.Bytes;
        }

        return works;
    }
}
