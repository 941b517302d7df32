using HybridStore.Redis.Connection;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>What the calls of the tier and of its outbox share.</summary>
internal sealed class HotCalls(RedisCaller caller, RedisHotTierOptions options)
{
    /// <summary>The most records that one script is given: the server does nothing else meanwhile.</summary>
    public const int MostRecords = 200_000;

    private readonly PlaceCache _places = new(options.KeyPrefix);
    private readonly RedisValue _idleExpiry = ((long)options.IdleExpiry.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public RedisConnection Connection => caller.Connection;

    public SessionPlace PlaceOf(AuthSessionId session)
    {
        ColdInput.Check(session);
        return _places.Get(session);
    }

    public ScriptArguments Arguments(SessionPlace place, int capacity = 8) => new(_idleExpiry, place, capacity);

    public ValueTask<RedisResult> ScriptAsync(
        RedisScript script,
        SessionPlace place,
        ScriptArguments arguments,
        CancellationToken cancellationToken,
        Deadline? deadline = null,
        Func<Exception, Exception>? outcomeUnknown = null) =>
        caller.ScriptAsync(script, place.Keys, arguments.ToArray(), deadline ?? Connection.StartCall(), cancellationToken, outcomeUnknown);

    public ValueTask<(RedisValue[] Values, RedisRun Run)> FieldsAsync(SessionPlace place, RedisValue[] fields, Deadline deadline, CancellationToken cancellationToken) =>
        caller.FieldsAsync(place.Records, fields, deadline, cancellationToken);

    public Task<RedisResult> ExecuteAsync(string command, object[] arguments, Deadline deadline, CancellationToken cancellationToken) =>
        caller.ExecuteAsync(command, arguments, deadline, cancellationToken);

    /// <summary>The clock of the server that holds the session, in milliseconds.</summary>
    public async Task<long> NowAsync(SessionPlace place, Deadline deadline, CancellationToken cancellationToken)
    {
        var now = await ScriptAsync(RedisScript.Now, place, Arguments(place), cancellationToken, deadline).ConfigureAwait(false);
        return long.Parse((string)now!, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>When a time from the beginning of a call will be over, by the clock of the server that holds the session, in milliseconds.</summary>
    public async Task<long> UntilAsync(SessionPlace place, TimeSpan validFor, Deadline deadline, CancellationToken cancellationToken)
    {
        var now = await NowAsync(place, deadline, cancellationToken).ConfigureAwait(false);

        // The time that the answer took counts as passed, since nobody knows when in it the clock was read.
        return Math.Max(0, now + (long)Math.Floor((validFor - deadline.Elapsed).TotalMilliseconds));
    }

    public StoreUnavailableException Foreign(AuthSessionId session)
    {
        var message = $"Redis at {Connection.Servers} holds something under session {session} that this version of the library did not write; choose another key prefix, or update the library.";
        return new StoreUnavailableException(RedisErrors.TierName, message, new StoreUnusableException(RedisErrors.TierName, StoreUnusableReason.NotOurs, message));
    }
}
