namespace HybridStore.LoadTest.MongoDb;

/// <summary>MongoDB's driver, where the package feed has it.</summary>
internal static class MongoDbDriver
{
    /// <summary>The environment variable that names the server.</summary>
    public const string Variable = "HYBRIDSTORE_TEST_MONGODB";

    // By name: where the driver is lacking, what uses it is not compiled.
    private static readonly Type? Server = typeof(MongoDbDriver).Assembly.GetType("HybridStore.LoadTest.MongoDb.Driver.MongoDbServer");

    /// <summary>Why there is no MongoDB to be had, as a part of a sentence; null if there is.</summary>
    public static string? LackOf(string? connectionString) =>
        Server is null ? "the package feed lacks MongoDB.Driver" : string.IsNullOrEmpty(connectionString) ? $"{Variable} names no server" : null;

    public static IMongoDbServer Connect(string connectionString) => (IMongoDbServer)Activator.CreateInstance(Server!, connectionString)!;
}
