namespace HybridStore.Sessions;

/// <summary>Lets one caller at a time change a session, in the order they came; whose turn it is may take along the patches of those who wait.</summary>
/// <param name="continuations">How those who wait go on: never inline, but where a scheduler drives every step.</param>
internal sealed class CommitQueue(TaskCreationOptions continuations)
{
    // A tier remembers the last 64 commit ids of a session: far fewer in one step, so that a repeat is still recognised after it.
    private const int MaxJoined = 32;
    private const int MaxJoinedBytes = 4 * 1024 * 1024;

    private readonly Lock _sync = new();

    // Made when somebody waits: hardly anybody does, and a process may have very many sessions with two queues each.
    private LinkedList<PendingCommit>? _waiting;
    private bool _taken;

    /// <summary>Waits for the caller's turn.</summary>
    /// <returns><see langword="null"/>: it is the caller's turn, which it ends with <see cref="Leave"/>. Otherwise another's turn has committed the patch.</returns>
    public ValueTask<CommitReceipt?> EnterAsync(PendingCommit pending, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<CommitReceipt?> wait;
        lock (_sync)
        {
            if (!_taken)
            {
                _taken = true;
                return default;
            }

            wait = pending.Wait(continuations);
            pending.Place = (_waiting ??= new LinkedList<PendingCommit>()).AddLast(pending);
        }

        return cancellationToken.CanBeCanceled ? WaitAsync(pending, wait, cancellationToken) : new ValueTask<CommitReceipt?>(wait);
    }

    /// <summary>Takes out of the queue, in order, what can be committed together with the patch whose turn it is. Each must be completed or failed.</summary>
    public IReadOnlyList<PendingCommit> TakeAlong(PendingCommit leader)
    {
        if (!leader.MayJoin)
            return [];
        lock (_sync)
        {
            if (_waiting?.First is null)
                return [];
            var joined = new JoinedPatches(leader.Patch!);
            var taken = new List<PendingCommit>();
            while (taken.Count < MaxJoined && joined.Bytes < MaxJoinedBytes
                && _waiting.First is { Value: { MayJoin: true } next } && next.Lease == leader.Lease && joined.TryAdd(next.Patch!))
            {
                Remove(next);
                taken.Add(next);
            }

            return taken;
        }
    }

    /// <summary>Ends the caller's turn: the next is whoever waited longest.</summary>
    public void Leave()
    {
        PendingCommit? next;
        lock (_sync)
        {
            next = _waiting?.First?.Value;
            if (next is null)
                _taken = false;
            else
                Remove(next);
        }

        next?.Lead();
    }

    private async ValueTask<CommitReceipt?> WaitAsync(PendingCommit pending, Task<CommitReceipt?> wait, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (queue, pending) = ((CommitQueue, PendingCommit))state!;
                if (queue.TryRemove(pending))
                    pending.Cancel(token);
            },
            (this, pending));
        return await wait.ConfigureAwait(false);
    }

    // Who was taken out already has the turn, or is part of another's: its commit has begun.
    private bool TryRemove(PendingCommit pending)
    {
        lock (_sync)
        {
            if (pending.Place is null)
                return false;
            Remove(pending);
            return true;
        }
    }

    private void Remove(PendingCommit pending)
    {
        _waiting!.Remove(pending.Place!);
        pending.Place = null;
    }
}
