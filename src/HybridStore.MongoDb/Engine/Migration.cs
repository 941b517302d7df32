namespace HybridStore.MongoDb.Engine;

/// <summary>A step of the schema. Each of its parts may have been done already, by a process that was interrupted or that does the same now.</summary>
internal sealed record Migration(int Number, Func<StoreCollections, CancellationToken, Task> ApplyAsync);
