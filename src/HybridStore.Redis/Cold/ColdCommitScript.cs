using System.Globalization;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>A commit as the script takes it, and its answer.</summary>
internal static class ColdCommitScript
{
    public static RedisKey[] Keys(ColdKeys keys) => [keys.Head, keys.Records, keys.Order, keys.Types, keys.Commits, keys.DataKeys, keys.Sessions];

    public static RedisValue[] Arguments(ColdCommit commit, byte[] name, RedisValue now)
    {
        var arguments = new List<RedisValue>(10 + (commit.Patches.Count * 10))
        {
            now,
            name,
            commit.Incarnation,
            commit.Epoch,
            commit.SeenVersion,
            ColdReply.KeyId(commit.SealedWith),
            commit.NewDataKey is { } key ? ColdReply.DataKey(key) : RedisValue.EmptyString,
            (int)commit.Rollback,
            commit.Patches.Count,
        };
        foreach (var patch in commit.Patches)
            Add(arguments, patch);
        return [.. arguments];
    }

    public static ColdCommitResult Result(RedisResult reply)
    {
        var parts = ColdReply.Array(reply);
        var status = (ColdCommitStatus)ColdReply.Number(parts[0]);
        return new ColdCommitResult
        {
            Status = status,
            Incarnation = ColdReply.Number(parts[1]),
            Version = ColdReply.Number(parts[2]),
            PreviousVersion = ColdReply.Number(parts[3]),
            Epoch = ColdReply.Number(parts[4]),
            Conflict = status == ColdCommitStatus.Conflict ? Conflict(parts) : null,
        };
    }

    private static CommitConflict Conflict(RedisResult[] parts)
    {
        var field = ColdReply.Bytes(parts[5]);
        return new CommitConflict(field.Length == 0 ? null : ColdName.DecodeKey(field), ColdReply.Number(parts[6]), ColdReply.Number(parts[7]));
    }

    private static void Add(List<RedisValue> arguments, SealedPatch patch)
    {
        arguments.Add(ColdReply.Id(patch.CommitId));
        arguments.Add(patch.Predecessor ?? -1);
        arguments.Add(patch.Version);
        arguments.Add(patch.ExpectedSessionVersion ?? -1);
        arguments.Add(patch.Absorbed.Count);
        arguments.Add(patch.Expectations.Count);
        arguments.Add(patch.Changes.Count);
        foreach (var absorbed in patch.Absorbed)
        {
            arguments.Add(ColdReply.Id(absorbed.Id));
            arguments.Add(absorbed.Version);
        }

        foreach (var expectation in patch.Expectations)
        {
            arguments.Add(Field(expectation.Key));
            arguments.Add(expectation.Version.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var change in patch.Changes)
        {
            arguments.Add(Field(change.Key));
            arguments.Add(change.Envelope is null ? "0" : change.Version == 0 ? "1" : string.Create(CultureInfo.InvariantCulture, $"v{change.Version}"));
            arguments.Add(change.Envelope is { } envelope ? envelope.ToArray() : RedisValue.EmptyString);
        }
    }

    private static byte[] Field(AuthKey key) => ColdName.Encode(key.Type, key.Id);
}
