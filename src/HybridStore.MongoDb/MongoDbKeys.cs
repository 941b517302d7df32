using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using HybridStore.MongoDb.Writing;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb;

/// <summary>The ring of master keys, one document, and the changing of keys: each replacement is an update of one document that names what it replaces.</summary>
internal sealed class MongoDbKeys(MongoDbStore store, SessionReader reader, Transactions transactions) : IColdKeys
{
    private const string RingId = "ring";
    private const string VersionField = "version";
    private const string ContentField = "content";
    private const string Keys = "keys";
    private const string KeyId = "k";
    private const string Wrapped = "w";

    private readonly StoreCollections _collections = store.Collections;

    public ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken) => store.CallAsync(
        "read the key ring",
        async deadline =>
        {
            var found = await new SnapshotQuery(store)
                .Append(_collections.KeyRing, 1, Stages.Match(new BsonDocument("_id", RingId))).RunAsync(deadline).ConfigureAwait(false);
            return found.Find(static d => d["_id"] == RingId) is { } ring ? new ColdKeyRing(ring[VersionField].ToInt64(), ring[ContentField].AsByteArray) : default;
        },
        cancellationToken);

    public ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ColdInput.CheckRing(expectedVersion, content);
        var next = new BsonDocument { { "_id", RingId }, { VersionField, expectedVersion + 1 }, { ContentField, new BsonBinaryData(content.ToArray()) } };
        return store.CallAsync(
            "write the key ring",
            async deadline =>
            {
                if (expectedVersion > 0)
                {
                    var filter = new BsonDocument { { "_id", RingId }, { VersionField, expectedVersion } };
                    return (await _collections.KeyRing.ReplaceOneAsync(filter, next, cancellationToken: deadline).ConfigureAwait(false)).MatchedCount == 1;
                }

                try
                {
                    await _collections.KeyRing.InsertOneAsync(next, cancellationToken: deadline).ConfigureAwait(false);
                    return true;
                }
                catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
                {
                    return false;
                }
            },
            cancellationToken);
    }

    public ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken)
    {
        ColdInput.Check(keys);
        return store.CallAsync(
            "rewrap",
            async deadline =>
            {
                var writes = new List<WriteModel<BsonDocument>>();
                foreach (var session in keys.GroupBy(static key => key.Session))
                {
                    if (await reader.FindAsync(session.Key, deadline).ConfigureAwait(false) is not { } found)
                        continue;
                    foreach (var key in session.Where(key => key.Incarnation == found.Incarnation))
                        writes.Add(Rewrap(found.Life, key));
                }

                return writes.Count == 0
                    ? 0
                    : (int)(await _collections.DataKeys.BulkWriteAsync(writes, new BulkWriteOptions { IsOrdered = false }, deadline).ConfigureAwait(false)).MatchedCount;
            },
            cancellationToken);
    }

    public ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        ColdInput.Check(addition);
        return transactions.RunAsync("add a data key", addition.Session, (transaction, deadline) => AddAsync(addition, transaction, deadline), null, cancellationToken);
    }

    public ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        ColdInput.Check(session, records);
        return store.CallAsync(
            "replace envelopes",
            async deadline =>
            {
                if (records.Count == 0 || await reader.FindAsync(session, deadline).ConfigureAwait(false) is not { } found || found.Incarnation != incarnation)
                    return 0;
                var writes = records.Select(record => RecordDocument.Replace(found.Life, record));
                return (int)(await _collections.Records.BulkWriteAsync(writes, new BulkWriteOptions { IsOrdered = false }, deadline).ConfigureAwait(false)).MatchedCount;
            },
            cancellationToken);
    }

    private static UpdateOneModel<BsonDocument> Rewrap(ObjectId life, DataKeyRewrap key) => new(
        new BsonDocument
        {
            { "_id", life },
            {
                Keys,
                new BsonDocument("$elemMatch", new BsonDocument { { KeyId, DataKeysDocument.Number(key.Id) }, { Wrapped, new BsonBinaryData(key.Before.ToArray()) } })
            },
        },
        new BsonDocument("$set", new BsonDocument($"{Keys}.$.{Wrapped}", new BsonBinaryData(key.After.ToArray()))));

    private async Task<(bool Result, bool Keep)> AddAsync(DataKeyAddition addition, IClientSessionHandle transaction, CancellationToken deadline)
    {
        var session = (await SessionState.ReadAsync(store, transaction, addition.Session, deadline).ConfigureAwait(false)).Document;
        if (!session.Exists || session.Incarnation != addition.Incarnation)
            return (false, false);
        if (session.DataKey != addition.After)
            return (session.DataKey == addition.Key.Id, false);
        session.DataKey = addition.Key.Id;
        await new SessionWriter(store, transaction, deadline).SaveAsync(session).ConfigureAwait(false);
        var first = new BsonDocument { { "$each", new BsonArray { DataKeysDocument.Entry(addition.Key) } }, { "$position", 0 } };
        await _collections.DataKeys.UpdateOneAsync(
            transaction, new BsonDocument("_id", session.Life), new BsonDocument("$push", new BsonDocument(Keys, first)), cancellationToken: deadline).ConfigureAwait(false);
        return (true, true);
    }
}
