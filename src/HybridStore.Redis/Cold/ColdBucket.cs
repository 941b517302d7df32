using System.Globalization;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>
/// A part of the sessions that share a slot of a cluster, by the first byte of their name's hash. What lists them is written in the same step as the sessions
/// themselves, and is therefore never wrong.
/// </summary>
internal static class ColdBucket
{
    /// <summary>How many there are. Part of the format: it can't be changed.</summary>
    public const int Count = 256;

    // The number of the format: another one would be other keys.
    private const string Format = "cold1";

    public static int Of(ReadOnlySpan<byte> hash) => hash[0];

    public static RedisKey Sessions(string prefix, int bucket) => Key(prefix, bucket, "sessions");

    public static RedisKey Ahead(string prefix, int bucket) => Key(prefix, bucket, "ahead");

    /// <summary>The ring of master keys, which is no session's.</summary>
    public static RedisKey KeyRing(string prefix) => $"{prefix}:{Format}:keyring";

    public static string Key(string prefix, int bucket, string rest) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{Format}:{{{bucket:x2}}}:{rest}");
}
