using System.Buffers.Binary;

namespace HybridStore.RedisSqlite.CrashChild;

/// <summary>What the killed process commits: everything follows from a committer and how many commits it has made.</summary>
public static class QueueWorkload
{
    public const int Committers = 6;

    private const int Sessions = 3;
    private const int GroupSize = 3;

    public static IEnumerable<AuthSessionId> AllSessions => Enumerable.Range(0, Sessions).Select(i => new AuthSessionId("crash", $"bot-{i}"));

    /// <summary>The session of a committer; two share each.</summary>
    public static AuthSessionId SessionOf(int committer) => new("crash", $"bot-{committer % Sessions}");

    /// <summary>The record that every commit of a committer sets; its value begins with the commit's number.</summary>
    public static AuthKey Head(int committer) => new(AuthKeyTypes.Session, $"{committer}-0");

    /// <summary>Every record that a committer ever sets: the last is there after even commits only.</summary>
    public static IReadOnlyList<AuthKey> KeysOf(int committer) =>
        [.. Enumerable.Range(0, GroupSize).Select(i => new AuthKey(AuthKeyTypes.Session, $"{committer}-{i}")), Flip(committer)];

    public static long NumberIn(AuthRecord record) => record.Exists ? BinaryPrimitives.ReadInt64LittleEndian(record.Value.Span) : 0;

    /// <summary>The commit whose value a record has after so many; 0: it does not exist.</summary>
    public static long WriterOf(AuthKey key, long number) => key.Type == AuthKeyTypes.PreKey && number % 2 != 0 ? 0 : number;

    public static byte[] Value(AuthKey key, long number)
    {
        var value = new byte[32 + (int)(number % 300) + key.Id.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, number);
        return value;
    }

    /// <summary>The patch of a commit; made again, it has the same commit id. Two of three are queued, and the others go to cold if it answers, or must.</summary>
    public static AuthPatch Patch(int committer, long number)
    {
        var patch = new AuthPatch(new CommitId(new Guid(0x48_53_51, (short)committer, 0, BitConverter.GetBytes(number))));
        foreach (var key in KeysOf(committer))
        {
            if (WriterOf(key, number) == 0)
                patch.Delete(key);
            else
                patch.Set(key, Value(key, number));
        }

        return patch.Require(DurabilityOf(number));
    }

    private static Durability DurabilityOf(long number) => number % 15 == 7 ? Durability.Persisted : number % 3 == 1 ? Durability.PersistedElseQueued : Durability.Queued;

    private static AuthKey Flip(int committer) => new(AuthKeyTypes.PreKey, $"{committer}-flip");
}
