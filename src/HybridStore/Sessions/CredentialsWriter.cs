using HybridStore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HybridStore.Sessions;

/// <summary>Saves credentials one after the other; those that come while one is being saved become one.</summary>
internal sealed class CredentialsWriter(AuthSession session, ILogger logger)
{
    // A commit whose outcome is unknown is repeated: the tier, or the way to it, may just have been restarted.
    private const int MaxAttempts = 3;

    private readonly Lock _sync = new();
    private Pending? _next;
    private Pending? _failed;
    private Task _loop = Task.CompletedTask;

    public Task<CommitReceipt> SaveAsync(ReadOnlyMemory<byte> credentials, CancellationToken cancellationToken)
    {
        if (credentials.Length > AuthLimits.MaxValueBytes)
            _ = new AuthPatch().Set(AuthKey.Creds, credentials);
        Task<CommitReceipt> saved;
        lock (_sync)
        {
            _failed = null;
            _next ??= new Pending();
            _next.Credentials = credentials;
            saved = _next.Saved.Task;
            if (_loop.IsCompleted)
                _loop = RunAsync();
        }

        var wait = saved.WaitAsync(cancellationToken);

        // Looked at, so that a save that nobody awaits is no unobserved exception: it is logged, and tried again.
        _ = wait.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return wait;
    }

    /// <summary>Waits until everything that was given so far is saved, or has failed.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_sync)
            return _loop.WaitAsync(cancellationToken);
    }

    /// <summary>Others were committed: what failed before them must not be put over them.</summary>
    public void Supersede()
    {
        lock (_sync)
            _failed = null;
    }

    /// <summary>Waits for what is under way, and tries once more what had failed.</summary>
    public async ValueTask CloseAsync()
    {
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        if (_failed is { } failed)
            await CommitAsync(failed.Credentials).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        // Away from the caller, who holds the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            Pending pending;
            lock (_sync)
            {
                if (_next is null)
                {
                    _loop = Task.CompletedTask;
                    return;
                }

                pending = _next;
                _next = null;
            }

            try
            {
                pending.Saved.TrySetResult(await CommitAsync(pending.Credentials).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // Whatever it is, those who save get it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.CredentialsNotSaved(logger, e, session.Id);
                lock (_sync)
                {
                    // An identity that must not be overwritten is no credentials to try again; all else is.
                    if (_next is null && e is not IdentityOverwriteException)
                        _failed = pending;
                }

                pending.Saved.TrySetException(e);

                // Looked at, so that a save that nobody awaits is no unobserved exception: it is logged, and tried again.
                _ = pending.Saved.Task.Exception;
            }
        }
    }

    private async ValueTask<CommitReceipt> CommitAsync(ReadOnlyMemory<byte> credentials)
    {
        var patch = new AuthPatch().Set(AuthKey.Creds, credentials);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await session.CommitCoreAsync(patch, CancellationToken.None).ConfigureAwait(false);
            }
            catch (CommitOutcomeUnknownException) when (attempt < MaxAttempts)
            {
            }
        }
    }

    private sealed class Pending
    {
        public ReadOnlyMemory<byte> Credentials { get; set; }

        public TaskCompletionSource<CommitReceipt> Saved { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
