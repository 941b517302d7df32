using HybridStore.LoadTest.Targets;
using HybridStore.Tiers;

namespace HybridStore.LoadTest.MongoDb;

/// <summary>A MongoDB that runs already and that others may use as well: what is made there is dropped by name.</summary>
internal interface IMongoDbServer : IAsyncDisposable
{
    /// <summary>What this process sent to it so far, in bytes of its protocol.</summary>
    long Sent { get; }

    /// <summary>What this process got from it.</summary>
    long Received { get; }

    /// <summary>What it says it is: one that only speaks the protocol may give MongoDB's version.</summary>
    Task<string> VersionAsync();

    /// <summary>The cold tier, on a database of its own.</summary>
    IColdTier Tier(string name);

    /// <summary>Records by the driver alone, in a database of their own.</summary>
    Task<IRawRecords> OpenRawAsync(string name);

    /// <summary>Drops the databases that were made here.</summary>
    Task EmptyAsync();
}
