using HybridStore.Codec;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>What a read gives.</summary>
internal static class ColdReadScript
{
    public static ColdRead Result(RedisResult reply, IReadOnlyList<AuthKey> keys)
    {
        var parts = ColdReply.Array(reply);
        var head = ColdReply.Head(parts[0]);
        var values = ColdReply.Array(parts[1]);
        var records = new SealedRecord[keys.Count];
        for (var i = 0; i < records.Length; i++)
            records[i] = head is null ? SealedRecord.Absent(keys[i]) : ColdReply.Record(keys[i], values[i]);
        return new ColdRead
        {
            Head = head,
            LastEndedIncarnation = ColdReply.LastEnded(parts[0]),
            Records = records,
            DataKeys = DataKeys(ColdReply.Array(parts[2])),
            Commits = Commits(ColdReply.Array(parts[3])),
        };
    }

    private static WrappedDataKey[] DataKeys(RedisResult[] keys) => keys.Length == 0 ? [] : [.. keys.Select(static key => ColdReply.DataKey(ColdReply.Bytes(key)))];

    // Each id is followed by its version.
    private static CommitMark[] Commits(RedisResult[] commits)
    {
        var marks = commits.Length == 0 ? [] : new CommitMark[commits.Length / 2];
        for (var i = 0; i < marks.Length; i++)
            marks[i] = new CommitMark(ColdReply.Id(ColdReply.Bytes(commits[2 * i])), ColdReply.Number(commits[(2 * i) + 1]));
        return marks;
    }
}
