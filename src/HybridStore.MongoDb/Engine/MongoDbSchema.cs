using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>The schema, as the steps that lead to it. A step that was released is never changed; another one is added.</summary>
internal static class MongoDbSchema
{
    /// <summary>The id of the one document that says which schema this is.</summary>
    public const string Id = "hybridstore";

    /// <summary>The oldest schema that a library may know to work with it: one that knows only an older one refuses it.</summary>
    public const string VersionField = "version";

    /// <summary>The last step that was made; not there: the first.</summary>
    public const string StepField = "step";
    private const int NamespaceExists = 48;

    /// <summary>The schema that this library makes and understands.</summary>
    public static int Version => Migrations[^1].Number;

    public static IReadOnlyList<Migration> Migrations { get; } = [new(1, 1, CreateAsync), new(2, 1, AddHistoryAsync), new(3, 1, AddKeyRingAsync)];

    /// <summary>The collections are made here, not by the first write: a transaction that makes one holds up all others.</summary>
    private static async Task CreateAsync(StoreCollections collections, CancellationToken cancellationToken)
    {
        await CreateAsync(
            collections.Database,
            [collections.Schema, collections.Sessions, collections.Records, collections.DataKeys, collections.Tombstones, collections.Purges],
            cancellationToken).ConfigureAwait(false);

        // Sessions with an ahead mark are looked for every minute, are few, and are listed in order. All else is found by its id.
        var ahead = new CreateIndexOptions<BsonDocument>
        {
            Name = "ahead",
            PartialFilterExpression = new BsonDocument(Writing.SessionDocument.AheadField, new BsonDocument("$gt", 0L)),
        };
        await collections.Sessions.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument { { "_id.t", 1 }, { "_id.n", 1 } }, ahead), cancellationToken: cancellationToken).ConfigureAwait(false);
        var loading = new CreateIndexOptions<BsonDocument> { Name = "loading", PartialFilterExpression = new BsonDocument(Writing.SessionDocument.LoadingField, true) };
        await collections.Sessions.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument(Writing.SessionDocument.UpdatedField, 1), loading), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static async Task AddHistoryAsync(StoreCollections collections, CancellationToken cancellationToken)
    {
        await CreateAsync(collections.Database, [collections.History, collections.HistoryLives], cancellationToken).ConfigureAwait(false);
        await collections.History.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(HistoryDocument.Index, new CreateIndexOptions { Name = "needless" }), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static Task AddKeyRingAsync(StoreCollections collections, CancellationToken cancellationToken) =>
        CreateAsync(collections.Database, [collections.KeyRing], cancellationToken);

    private static async Task CreateAsync(IMongoDatabase database, IEnumerable<IMongoCollection<BsonDocument>> wanted, CancellationToken cancellationToken)
    {
        foreach (var collection in wanted)
            await CreateAsync(database, collection.CollectionNamespace.CollectionName, cancellationToken).ConfigureAwait(false);
    }

    private static async Task CreateAsync(IMongoDatabase database, string name, CancellationToken cancellationToken)
    {
        try
        {
            await database.CreateCollectionAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException e) when (e.Code == NamespaceExists)
        {
            // By another process, or before an interruption.
        }
    }
}
