using System.Text;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>The counts that are kept by type, in order of the types' bytes.</summary>
internal static class ColdSummary
{
    private const byte Records = (byte)'n';

    /// <param name="fields">Fields and values in turn: of each type, a number of records and one of bytes.</param>
    public static IReadOnlyList<AuthTypeSummary> Of(RedisResult[] fields)
    {
        var counts = new SortedDictionary<byte[], (long Records, long Bytes)>(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
        for (var i = 0; i < fields.Length; i += 2)
        {
            var field = ColdReply.Bytes(fields[i]);
            var value = ColdReply.Number(fields[i + 1]);
            var (records, bytes) = counts.GetValueOrDefault(field[1..]);
            counts[field[1..]] = field[0] == Records ? (value, bytes) : (records, value);
        }

        return [.. counts.Select(static type => new AuthTypeSummary(Encoding.UTF8.GetString(type.Key), type.Value.Records, type.Value.Bytes))];
    }
}
