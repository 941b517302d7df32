using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Writing;

/// <summary>A commit that somebody waits for.</summary>
internal sealed class CommitWork
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private readonly TaskCompletionSource<ColdCommitResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    /// <param name="commit">The commit.</param>
    /// <param name="calledAt">When its caller came, as a timestamp of the clock of deadlines.</param>
    public CommitWork(ColdCommit commit, long calledAt)
    {
        Commit = commit;
        CalledAt = calledAt;
        foreach (var patch in commit.Patches)
        {
            foreach (var change in patch.Changes)
                Bytes += change.Envelope?.Length ?? 0;
        }
    }

    public ColdCommit Commit { get; }

    public long CalledAt { get; }

    /// <summary>About how many bytes it writes; a group is bounded by them.</summary>
    public long Bytes { get; }

    public Task<ColdCommitResult> Completion => _completion.Task;

    /// <summary>It is about to be sent: from here on it is brought to its end.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    public void Complete(ColdCommitResult result) => _completion.TrySetResult(result);

    public void Fail(Exception exception) => _completion.TrySetException(exception);

    /// <summary>Gives up waiting when the token is cancelled, unless it was taken.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken cancellationToken) => cancellationToken.UnsafeRegister(
        static (state, token) =>
        {
            var work = (CommitWork)state!;
            if (Interlocked.CompareExchange(ref work._state, Cancelled, Waiting) == Waiting)
                work._completion.TrySetCanceled(token);
        },
        this);
}
