using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>Calls Redis: each call with a deadline, under a run that is known, and with the store's errors.</summary>
internal sealed class RedisCaller(RedisConnection connection)
{
    // Scripts are missing after a restart, a failover or a flush by hand: more than that in one call is somebody who keeps flushing them.
    private const int Attempts = 3;

    public RedisConnection Connection => connection;

    /// <summary>Calls a script. It runs only on the run that is known; where the server is in another, that is learned first.</summary>
    /// <param name="script">Which.</param>
    /// <param name="keys">Its keys, all of one slot.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="outcomeUnknown">What to throw if the script may have been carried out and its reply did not come; <see langword="null"/> for <see cref="StoreUnavailableException"/>.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisResult> ScriptAsync(
        RedisScript script,
        RedisKey[] keys,
        RedisValue[] arguments,
        Deadline deadline,
        CancellationToken cancellationToken,
        Func<Exception, Exception>? outcomeUnknown = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await connection.RunAsync(deadline, cancellationToken).ConfigureAwait(false);
            Task<RedisResult>? sent = null;
            try
            {
                sent = connection.Database.ScriptEvaluateAsync(run.HashOf(script), keys, arguments, CommandFlags.DemandMaster);
                // Nothing calls back what was sent: who waits for an outcome gets it, or hears that it is unknown.
                return await deadline.BoundAsync(sent, outcomeUnknown is null ? cancellationToken : CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (RedisErrors.IsNoScript(e) && attempt < Attempts)
            {
                connection.Forget(run);
            }
            catch (Exception e) when (IsToTell(e, sent, cancellationToken))
            {
                throw Failed(e, script.ToString(), outcomeUnknown);
            }
        }
    }

    /// <summary>Reads fields of a hash, in one command, and says under which run they were there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(RedisValue[] Values, RedisRun Run)> FieldsAsync(RedisKey key, RedisValue[] fields, Deadline deadline, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await connection.RunAsync(deadline, cancellationToken).ConfigureAwait(false);
            Task<RedisValue[]>? sent = null;
            try
            {
                sent = connection.Database.HashGetAsync(key, fields, CommandFlags.DemandMaster);
                var values = await deadline.BoundAsync(sent, cancellationToken).ConfigureAwait(false);
                // Answered over another connection than the run was learned on: it may be another server's, or the same one's after a restart.
                if (connection.IsStill(run))
                    return (values, run);
                if (attempt == Attempts)
                    throw connection.Unavailable();
            }
            catch (Exception e) when (IsToTell(e, sent, cancellationToken))
            {
                throw Failed(e, "Read", null);
            }
        }
    }

    /// <summary>Sends any other command.</summary>
    public async Task<RedisResult> ExecuteAsync(string command, object[] arguments, Deadline deadline, CancellationToken cancellationToken)
    {
        await connection.RunAsync(deadline, cancellationToken).ConfigureAwait(false);
        try
        {
            return await deadline.WaitAsync(connection.Database.ExecuteAsync(command, arguments, CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsOurs(e) && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw Failed(e, command, null);
        }
    }

    /// <summary>Whether a failure is the tier's to tell, and not the caller's own cancellation. Whatever it is, nobody waits for what was sent any more.</summary>
    private static bool IsToTell(Exception e, Task? sent, CancellationToken cancellationToken)
    {
        Deadline.GiveUp(sent);
        return RedisErrors.IsOurs(e) && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested);
    }

    public Exception Failed(Exception e, string operation, Func<Exception, Exception>? outcomeUnknown)
    {
        if (RedisErrors.IsOtherMaster(e))
            connection.Doubt();
        var translated = RedisErrors.Translate(e, operation, connection.Servers);
        return outcomeUnknown is null || RedisErrors.IsRefusal(e) ? translated : outcomeUnknown(translated);
    }
}
