using HybridStore.Redis.Connection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>Runs the scripts: each is one round trip, and known to the server by its hash.</summary>
internal sealed class ColdServer : IAsyncDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly RedisConnection _connection;
    private readonly RedisCaller _caller;
    private readonly ColdServerCheck _check;
    private readonly TimeProvider? _clock;
    private volatile bool _waited;
    private volatile bool _disposed;

    /// <param name="connection">The connection, which it disposes of.</param>
    /// <param name="options">The tier's options.</param>
    /// <param name="time">Of deadlines.</param>
    /// <param name="logger">Where it says how durable the server is.</param>
    /// <param name="clock">Of leases, instead of the server's own. For tests.</param>
    public ColdServer(RedisConnection connection, RedisColdTierOptions options, TimeProvider time, ILogger logger, TimeProvider? clock)
    {
        _connection = connection;
        _caller = new RedisCaller(connection);
        _check = new ColdServerCheck(options, time, logger);
        _clock = clock;
        Prefix = options.KeyPrefix;
    }

    public string Prefix { get; }

    /// <summary>The time that scripts are given; empty: the server's own.</summary>
    public RedisValue Now => _clock is null ? RedisValue.EmptyString : _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ColdKeys KeysOf(AuthSessionId session) => new(Prefix, session);

    /// <summary>Waits for the first connection, as long as one call may take, and says whether the server can be used.</summary>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken) => await ReadyAsync(_connection.StartCall(), cancellationToken).ConfigureAwait(false);

    /// <summary>Reads. Whoever cancels does not wait for the answer.</summary>
    public ValueTask<RedisResult> ReadAsync(ColdScript script, RedisKey[] keys, RedisValue[] arguments, string operation, CancellationToken cancellationToken) =>
        RunAsync(script, keys, arguments, operation, outcomeUnknown: null, cancellationToken, cancellationToken);

    /// <summary>
    /// Writes. Once it was sent, its answer is waited for. <paramref name="outcomeUnknown"/> makes the exception for a write that may or may not have happened;
    /// without it, the server did not answer.
    /// </summary>
    public ValueTask<RedisResult> WriteAsync(
        ColdScript script, RedisKey[] keys, RedisValue[] arguments, string operation, Func<Exception, Exception>? outcomeUnknown, CancellationToken cancellationToken) =>
        RunAsync(script, keys, arguments, operation, outcomeUnknown, cancellationToken, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<RedisResult> RunAsync(
        ColdScript script,
        RedisKey[] keys,
        RedisValue[] arguments,
        string operation,
        Func<Exception, Exception>? outcomeUnknown,
        CancellationToken beforeSending,
        CancellationToken afterSending)
    {
        var deadline = _connection.StartCall();
        await ReadyAsync(deadline, beforeSending).ConfigureAwait(false);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    // The text goes only to a server that does not know the hash: the first of its run to be asked, or after its scripts were flushed.
                    var database = _connection.Database;
                    var call = attempt == 1
                        ? database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster)
                        : database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.DemandMaster);
                    return await deadline.WaitAsync(call, afterSending).ConfigureAwait(false);
                }
                catch (Exception e) when (attempt < Attempts && RedisErrors.IsNoScript(e))
                {
                    // Nothing was done: send it whole.
                }
            }
        }
        catch (Exception e) when (RedisErrors.IsOurs(e) && !afterSending.IsCancellationRequested)
        {
            var failed = _caller.Failed(e, operation, outcomeUnknown);
            throw failed.InnerException is StoreUnusableException unusable && failed is StoreUnavailableException ? unusable : failed;
        }
    }

    private async ValueTask ReadyAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(RedisColdTier));
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var run = await _connection.RunAsync(deadline, cancellationToken).ConfigureAwait(false);
                _waited = true;
                await _check.CheckAsync(run, _connection.Database.Multiplexer).ConfigureAwait(false);
                return;
            }
            catch (StoreUnavailableException) when (!_waited)
            {
                // The connection is made in the background: the first calls wait for it. Later, that there is none is said at once.
                _waited = deadline.Remaining <= Pause;
                if (_waited)
                    throw;
                await Task.Delay(Pause, deadline.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RedisException or RedisCommandException or TimeoutException)
            {
                throw RedisErrors.Translate(e, "start", _connection.Servers);
            }
        }
    }
}
