namespace HybridStore.Sqlite.Engine;

/// <summary>Time as the file keeps it: milliseconds since 1970, UTC.</summary>
internal static class UnixTime
{
    public static long Now(TimeProvider timeProvider) => timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    public static DateTimeOffset ToDateTimeOffset(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
