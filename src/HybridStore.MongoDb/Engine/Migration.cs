namespace HybridStore.MongoDb.Engine;

/// <summary>A step of the schema. Each of its parts may have been done already, by a process that was interrupted or that does the same now.</summary>
/// <param name="Number">Its number.</param>
/// <param name="ReadableFrom">The oldest schema that a library may know to work with it.</param>
/// <param name="ApplyAsync">Makes it.</param>
internal sealed record Migration(int Number, int ReadableFrom, Func<StoreCollections, CancellationToken, Task> ApplyAsync);
