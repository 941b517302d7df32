using HybridStore.Conformance.Stores;
using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.MongoDb.Tests;

/// <summary>The store over MongoDB alone.</summary>
public sealed class MongoDbStoreFixture : HybridAuthStoreFixture
{
    private readonly string _database = SharedServer.NewName();
    private int _opened;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await SharedServer.DropAsync(_database);
    }

    protected override async ValueTask<IColdTier> OpenColdAsync() => new MongoDbColdTier(
        await SharedServer.DatabaseAsync(_database, _opened++), new MongoDbColdTierOptions { OperationTimeout = SharedServer.Patience }, timeProvider: null, Clock);
}
