using StackExchange.Redis;

namespace HybridStore.LoadTest.Targets;

/// <summary>One hash for each session: HGET, HMGET, HMSET and HDEL.</summary>
internal sealed class RawRedisRecords(IDatabase database, string prefix) : IRawRecords
{
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string session, AuthKey key)
    {
        return ((byte[]?)await database.HashGetAsync(KeyOf(session), FieldOf(key), CommandFlags.None)).OrAbsent();
    }

    public async ValueTask<int> CountAsync(string session, AuthKey[] keys)
    {
        var values = await database.HashGetAsync(KeyOf(session), [.. keys.Select(FieldOf)], CommandFlags.None);
        return values.Count(static v => !v.IsNull);
    }

    public async ValueTask WriteAsync(string session, RecordWrite[] writes)
    {
        var sets = writes.Where(static w => w.Value is not null).Select(static w => new HashEntry(FieldOf(w.Key), w.Value)).ToArray();
        var deletes = writes.Where(static w => w.Value is null).Select(static w => FieldOf(w.Key)).ToArray();
        if (sets.Length > 0)
            await database.HashSetAsync(KeyOf(session), sets, CommandFlags.None);
        if (deletes.Length > 0)
            await database.HashDeleteAsync(KeyOf(session), deletes, CommandFlags.None);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static RedisValue FieldOf(AuthKey key) => $"{key.Type}\0{key.Id}";

    private RedisKey KeyOf(string session) => $"{prefix}:{session}";
}
