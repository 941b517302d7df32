using System.Buffers.Binary;
using HybridStore.Codec;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>The ring of master keys, a hash beside the sessions, and the changing of keys: a script for each session.</summary>
internal sealed class RedisColdKeys(ColdServer server) : IColdKeys
{
    private RedisKey Ring => ColdBucket.KeyRing(server.Prefix);

    public async ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken)
    {
        var reply = ColdReply.Array(await server.ReadAsync(ColdScript.ReadRing, [Ring], [], "read the key ring", cancellationToken).ConfigureAwait(false));
        return new ColdKeyRing(ColdReply.Number(reply[0]), ColdReply.Bytes(reply[1]));
    }

    public async ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ColdInput.CheckRing(expectedVersion, content);
        return ColdReply.Number(await server.WriteAsync(ColdScript.WriteRing, [Ring], [expectedVersion, content.ToArray()], "write the key ring", null, cancellationToken).ConfigureAwait(false)) != 0;
    }

    public async ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken)
    {
        ColdInput.Check(keys);
        cancellationToken.ThrowIfCancellationRequested();

        // One script for each session, all on their way at once.
        var replaced = await Task.WhenAll(keys.GroupBy(static key => key.Session).Select(async session =>
        {
            var own = server.KeysOf(session.Key);
            RedisValue[] arguments =
            [
                .. session.SelectMany(static key => (RedisValue[])[key.Incarnation, ColdReply.DataKey(new WrappedDataKey(key.Id, key.Before)), ColdReply.DataKey(new WrappedDataKey(key.Id, key.After))]),
            ];
            return (int)ColdReply.Number(await server.WriteAsync(ColdScript.Rewrap, [own.Head, own.DataKeys], arguments, "rewrap", null, cancellationToken).ConfigureAwait(false));
        })).ConfigureAwait(false);
        return replaced.Sum();
    }

    public async ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        ColdInput.Check(addition);
        var own = server.KeysOf(addition.Session);
        RedisValue[] arguments = [addition.Incarnation, ColdReply.KeyId(addition.After), ColdReply.KeyId(addition.Key.Id), ColdReply.DataKey(addition.Key)];
        return ColdReply.Number(await server.WriteAsync(ColdScript.AddDataKey, [own.Head, own.DataKeys], arguments, "add a data key", null, cancellationToken).ConfigureAwait(false)) != 0;
    }

    public async ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        ColdInput.Check(session, records);
        var own = server.KeysOf(session);
        var arguments = new List<RedisValue>(1 + (2 * records.Count)) { incarnation };
        foreach (var record in records)
        {
            arguments.Add(ColdName.Encode(record.Key.Type, record.Key.Id));
            arguments.Add(Value(record));
        }

        return (int)ColdReply.Number(
            await server.WriteAsync(ColdScript.ReplaceEnvelopes, [own.Head, own.Records, own.Types], [.. arguments], "replace envelopes", null, cancellationToken).ConfigureAwait(false));
    }

    private static byte[] Value(SealedRecord record)
    {
        var value = new byte[ColdReply.VersionSize + record.Envelope.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, record.Version);
        record.Envelope.Span.CopyTo(value.AsSpan(ColdReply.VersionSize));
        return value;
    }
}
