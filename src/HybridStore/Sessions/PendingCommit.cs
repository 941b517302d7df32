namespace HybridStore.Sessions;

/// <summary>A caller that waits for its turn to change a session.</summary>
/// <param name="patch">What it wants to commit; <see langword="null"/> for what must be alone, such as a deletion.</param>
/// <param name="mayJoin">Whether another's turn may take the patch along.</param>
internal sealed class PendingCommit(AuthPatch? patch, bool mayJoin)
{
    private TaskCompletionSource<CommitReceipt?>? _wait;

    public AuthPatch? Patch { get; } = patch;

    public bool MayJoin { get; } = mayJoin;

    /// <summary>The lease that it is for; <see langword="null"/>: whichever is held, or none.</summary>
    public HeldLease? Lease { get; init; }

    /// <summary>Whether it can't be a repeat.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Where it waits; kept by the queue.</summary>
    public LinkedListNode<PendingCommit>? Place { get; set; }

    public Task<CommitReceipt?> Wait(TaskCreationOptions options) => (_wait = new TaskCompletionSource<CommitReceipt?>(options)).Task;

    public void Lead() => _wait!.TrySetResult(null);

    public void Complete(CommitReceipt receipt) => _wait!.TrySetResult(receipt);

    public void Fail(Exception exception) => _wait!.TrySetException(exception);

    public void Cancel(CancellationToken cancellationToken) => _wait!.TrySetCanceled(cancellationToken);
}
