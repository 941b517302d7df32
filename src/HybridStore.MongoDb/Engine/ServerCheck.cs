using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>Refuses a deployment that can't keep the promises, before anything is written to it.</summary>
internal static class ServerCheck
{
    public static async Task RunAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), ReadPreference.Primary, cancellationToken).ConfigureAwait(false);
        Judge(hello);
    }

    /// <summary>Looks at a server's answer to <c>hello</c>.</summary>
    /// <exception cref="StoreUnusableException">It is too old, or has no transactions.</exception>
    internal static void Judge(BsonDocument hello)
    {
        int wireVersion = hello.GetValue("maxWireVersion", 0).ToInt32();
        if (wireVersion < ServerVersions.Oldest)
            throw ServerVersions.TooOld(wireVersion);

        bool isReplicaSet = hello.TryGetValue("setName", out var name) && name.IsString;
        bool isMongos = hello.TryGetValue("msg", out var message) && message == "isdbgrid";
        if (!isReplicaSet && !isMongos)
            throw Standalone();
    }

    /// <summary>The refusal of a server without transactions.</summary>
    internal static StoreUnusableException Standalone(Exception? inner = null) => new(
        MongoDbErrors.TierName,
        StoreUnusableReason.MissingDependency,
        "The MongoDB server is a standalone one, which has no transactions, and a patch must be kept all or nothing. Nothing was changed. Make it a replica set, "
        + "of one server if need be: start mongod with --replSet rs0, and run rs.initiate() once.",
        inner);
}
