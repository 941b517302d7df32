using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>Refuses a deployment that can't keep the promises, before anything is written to it.</summary>
internal static class ServerCheck
{
    /// <summary>MongoDB 5.0: the first with snapshot reads outside of transactions.</summary>
    private const int OldestWireVersion = 13;

    public static async Task RunAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), ReadPreference.Primary, cancellationToken).ConfigureAwait(false);
        Judge(hello);
    }

    /// <summary>Looks at a server's answer to <c>hello</c>.</summary>
    /// <exception cref="StoreUnusableException">It is too old, or has no transactions.</exception>
    internal static void Judge(BsonDocument hello)
    {
        if (hello.GetValue("maxWireVersion", 0).ToInt32() < OldestWireVersion)
        {
            throw new StoreUnusableException(
                MongoDbErrors.TierName,
                StoreUnusableReason.MissingDependency,
                "The MongoDB server is older than 5.0, which is the first that reads several collections from one snapshot. Nothing was changed. Update the server.");
        }

        bool isReplicaSet = hello.TryGetValue("setName", out var name) && name.IsString;
        bool isMongos = hello.TryGetValue("msg", out var message) && message == "isdbgrid";
        if (!isReplicaSet && !isMongos)
        {
            throw new StoreUnusableException(
                MongoDbErrors.TierName,
                StoreUnusableReason.MissingDependency,
                "The MongoDB server is a standalone one, which has no transactions, and a patch must be kept all or nothing. Nothing was changed. Make it a replica set, "
                + "of one server if need be: start mongod with --replSet rs0, and run rs.initiate() once.");
        }
    }
}
