namespace HybridStore.Sqlite.Writing;

/// <summary>When a lease runs out.</summary>
internal static class LeaseTime
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static long Until(long now, TimeSpan duration) => Math.Min(Latest, now + (long)Math.Min(duration.TotalMilliseconds, Latest - now));
}
