using MongoDB.Bson;

namespace HybridStore.MongoDb.Engine;

/// <summary>The server's time, so that no process' clock counts: in BSON's dates, which are milliseconds.</summary>
internal sealed class ServerTime(TimeProvider? clock)
{
    // As long as a lease can be meant for ever, and short enough to be added to any date.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    /// <summary>The expression for now: the server's, unless a test's clock stands in for it.</summary>
    public BsonValue Now => clock is null ? "$$NOW" : Write(clock.GetUtcNow());

    public static BsonDateTime Write(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    public static DateTimeOffset Read(BsonValue date) => DateTimeOffset.FromUnixTimeMilliseconds(date.AsBsonDateTime.MillisecondsSinceEpoch);

    /// <summary>A duration, in whole milliseconds, that can be added to a date.</summary>
    public static TimeSpan Bounded(TimeSpan duration) =>
        duration > Longest ? Longest : TimeSpan.FromMilliseconds(Math.Max(1, (long)duration.TotalMilliseconds));
}
