using System.Diagnostics.CodeAnalysis;

namespace HybridStore.Sessions;

/// <summary>Runs transactions: each on its own, and again after a conflict, within a bound.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing.")]
internal sealed class TransactionRunner(AuthSession session, int maxAttempts)
{
    // A commit whose outcome is unknown is repeated: the tier, or the way to it, may just have been restarted.
    private const int MaxRepeats = 3;

    private readonly AsyncLocal<AuthTransaction?> _ambient = new();
    private readonly SemaphoreSlim _retries = new(1, 1);

    public async ValueTask<T> RunAsync<T>(Func<AuthTransaction, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        // A task that outlives the transaction it was started in still carries it: what has ended is not joined.
        if (_ambient.Value is { IsActive: true } outer)
            return await outer.NestAsync(work, cancellationToken).ConfigureAwait(false);

        try
        {
            return await AttemptAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitConflictException) when (maxAttempts > 1)
        {
        }

        // Those that have met a conflict go one at a time: of any number that want the same record, each then needs two attempts, and not as many as there are.
        await _retries.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 2; ; attempt++)
            {
                try
                {
                    return await AttemptAsync(work, cancellationToken).ConfigureAwait(false);
                }
                catch (CommitConflictException) when (attempt < maxAttempts)
                {
                }
            }
        }
        finally
        {
            _retries.Release();
        }
    }

    private async ValueTask<T> AttemptAsync<T>(Func<AuthTransaction, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var transaction = new AuthTransaction(session, this);
        T result;
        try
        {
            result = await WorkAsync(transaction, work, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _ = transaction.End();
            throw;
        }

        var patch = transaction.End();
        if (transaction.Conflict is { } conflict)
            throw conflict;
        if (patch is not null)
            await CommitAsync(patch, cancellationToken).ConfigureAwait(false);
        return result;
    }

    // In a method of its own: what is set here flows into the work and not back to the caller.
    internal async ValueTask<T> WorkAsync<T>(
        AuthTransaction transaction, Func<AuthTransaction, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        _ambient.Value = transaction;
        return await work(transaction, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CommitAsync(AuthPatch patch, CancellationToken cancellationToken)
    {
        for (var repeat = 1; ; repeat++)
        {
            try
            {
                await session.CommitAsync(patch, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (CommitOutcomeUnknownException) when (repeat < MaxRepeats)
            {
            }
        }
    }
}
