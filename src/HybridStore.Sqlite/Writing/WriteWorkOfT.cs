using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>A <see cref="WriteWork"/> that somebody awaits.</summary>
internal abstract class WriteWork<TResult> : WriteWork
{
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Completion => _completion.Task;

    /// <summary>What <see cref="WriteWork.Apply"/> found out.</summary>
    protected TResult? Result { get; set; }

    public override void Complete() => _completion.TrySetResult(Result!);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    public override Exception OutcomeUnknown(SqliteException failure) => new StoreUnavailableException(
        SqliteErrors.TierName, "SQLite failed while it committed: whether the change was kept is unknown. Ask again.", failure);

    /// <summary>Gives up waiting when the token is cancelled, unless the writer has begun.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken cancellationToken) => cancellationToken.UnsafeRegister(
        static (state, token) =>
        {
            var work = (WriteWork<TResult>)state!;
            if (work.TryCancel())
                work._completion.TrySetCanceled(token);
        },
        this);
}
