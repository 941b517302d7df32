using HybridStore.MongoDb.Engine;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>What transactions write. The session's document goes first: whoever else is writing the session is then known before anything else is sent.</summary>
internal sealed class SessionWriter(MongoDbStore store, IClientSessionHandle transaction, CancellationToken deadline)
{
    private static readonly ReplaceOptions Upsert = new() { IsUpsert = true };

    private readonly StoreCollections _collections = store.Collections;

    public async Task SaveAsync(SessionDocument document)
    {
        if (document.IsNew)
        {
            await _collections.Sessions.InsertOneAsync(transaction, document.ToBson(), cancellationToken: deadline).ConfigureAwait(false);
            return;
        }

        var result = await _collections.Sessions.ReplaceOneAsync(transaction, document.Guard, document.ToBson(), cancellationToken: deadline).ConfigureAwait(false);
        MustBeThere(result.MatchedCount);
    }

    /// <summary>Saves what an ordinary commit changes.</summary>
    public async Task AdvanceAsync(SessionDocument document, IEnumerable<CommitMark> made)
    {
        var result = await _collections.Sessions.UpdateOneAsync(transaction, document.Guard, document.Advance(made), cancellationToken: deadline).ConfigureAwait(false);
        MustBeThere(result.MatchedCount);
    }

    public async Task DeleteAsync(SessionDocument document)
    {
        var result = await _collections.Sessions.DeleteOneAsync(transaction, document.Guard, cancellationToken: deadline).ConfigureAwait(false);
        MustBeThere(result.DeletedCount);
    }

    /// <summary>Brings records to what they are after the commit, with one command for those that stay and one for those that go.</summary>
    public async Task ApplyAsync(ObjectId life, bool isNewLife, IReadOnlyCollection<(SealedChange Change, long Version)> changes)
    {
        var writes = new List<WriteModel<BsonDocument>>(changes.Count);
        var gone = new BsonArray();
        foreach (var (change, version) in changes)
        {
            if (change.Envelope is { } envelope)
                writes.Add(Write(RecordDocument.Make(life, change.Key, version, envelope), isNewLife));
            else if (!isNewLife)
                gone.Add(RecordDocument.Id(life, change.Key));
        }

        if (gone.Count > 0)
            writes.Add(new DeleteManyModel<BsonDocument>(new BsonDocument("_id", new BsonDocument("$in", gone))));
        if (writes.Count > 0)
            await _collections.Records.BulkWriteAsync(transaction, writes, cancellationToken: deadline).ConfigureAwait(false);
    }

    public Task InsertAsync(IEnumerable<BsonDocument> records) => _collections.Records.InsertManyAsync(transaction, records, cancellationToken: deadline);

    public Task AddDataKeyAsync(BsonDocument dataKeys) => _collections.DataKeys.InsertOneAsync(transaction, dataKeys, cancellationToken: deadline);

    public Task DestroyDataKeysAsync(ObjectId life) =>
        _collections.DataKeys.DeleteOneAsync(transaction, new BsonDocument("_id", life), cancellationToken: deadline);

    public Task SetTombstoneAsync(AuthSessionId session, TombstoneDocument tombstone) => _collections.Tombstones.ReplaceOneAsync(
        transaction, new BsonDocument("_id", TombstoneDocument.Id(session)), tombstone.ToBson(session), Upsert, deadline);

    /// <summary>Writes what a commit means to history.</summary>
    public async Task KeepAsync(AuthSessionId session, ObjectId life, HistoryStep history)
    {
        if (history.Begins)
        {
            await _collections.HistoryLives
                .ReplaceOneAsync(transaction, new BsonDocument("_id", life), HistoryLife.Make(life, session), Upsert, deadline).ConfigureAwait(false);
        }

        var writes = history.Writes(life).ToList();
        if (writes.Count > 0)
            await _collections.History.BulkWriteAsync(transaction, writes, cancellationToken: deadline).ConfigureAwait(false);
    }

    /// <summary>Notes a life whose records nobody reaches any more.</summary>
    public Task PurgeAsync(ObjectId life) => _collections.Purges.InsertOneAsync(transaction, new BsonDocument("_id", life), cancellationToken: deadline);

    /// <summary>Gives a document that an import left in the state of loading another life, so that what the import wrote belongs to nobody.</summary>
    public async Task<bool> TakeOverIfLoadingAsync(SessionDocument document)
    {
        if (!document.Loading)
            return false;
        await PurgeAsync(document.Life).ConfigureAwait(false);
        document.Life = ObjectId.GenerateNewId();
        document.Loading = false;
        return true;
    }

    // Nothing is there to be replaced: an insert costs the server less than an update that inserts.
    private static WriteModel<BsonDocument> Write(BsonDocument document, bool isNewLife) => isNewLife
        ? new InsertOneModel<BsonDocument>(document)
        : new ReplaceOneModel<BsonDocument>(new BsonDocument("_id", document["_id"]), document) { IsUpsert = true };

    // The snapshot had it; a server that does not tell of who changed it since is answered as one that does.
    private static void MustBeThere(long count)
    {
        if (count != 1)
            throw new SessionChangedException();
    }
}
