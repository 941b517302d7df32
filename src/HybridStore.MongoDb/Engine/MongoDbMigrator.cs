using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>Brings the collections up to date. Safe when many processes do it at once: the steps can be repeated, and the version only rises.</summary>
internal static class MongoDbMigrator
{
    // Two processes that make the same thing may be told that the other was first, where waiting would have done.
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task MigrateAsync(StoreCollections collections, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await MigrateOnceAsync(collections, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (MongoException e) when (attempt < Attempts && MongoDbErrors.IsConflict(e))
            {
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task MigrateOnceAsync(StoreCollections collections, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument("_id", MongoDbSchema.Id);
        var document = await collections.Schema.Find(filter).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        long readableFrom = document?[MongoDbSchema.VersionField].ToInt64() ?? 0;
        if (readableFrom > MongoDbSchema.Version)
            throw MongoDbErrors.NewerSchema(collections.Database.DatabaseNamespace.DatabaseName, readableFrom);

        // What only knows the first step has not noted which one it made.
        long found = document?.GetValue(MongoDbSchema.StepField, readableFrom).ToInt64() ?? 0;
        foreach (var migration in MongoDbSchema.Migrations)
        {
            if (migration.Number <= found)
                continue;
            await migration.ApplyAsync(collections, cancellationToken).ConfigureAwait(false);
            var raise = new BsonDocument("$max", new BsonDocument { { MongoDbSchema.VersionField, migration.ReadableFrom }, { MongoDbSchema.StepField, migration.Number } });
            await collections.Schema.UpdateOneAsync(filter, raise, new UpdateOptions { IsUpsert = true }, cancellationToken).ConfigureAwait(false);
        }
    }
}
