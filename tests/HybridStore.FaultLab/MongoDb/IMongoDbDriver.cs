using HybridStore.Tiers;

namespace HybridStore.FaultLab.MongoDb;

/// <summary>What the laboratory needs MongoDB's driver for.</summary>
internal interface IMongoDbDriver
{
    /// <summary>The cold tier on a database.</summary>
    /// <param name="connectionString">The server and the database.</param>
    /// <param name="prefix">Of its collections.</param>
    /// <param name="operationTimeout">How long a call may take; none: as by default.</param>
    /// <param name="time">The clock of deadlines.</param>
    IColdTier Open(string connectionString, string prefix, TimeSpan? operationTimeout, TimeProvider time);

    /// <summary>Drops a database, if that can be done.</summary>
    Task DropAsync(string connectionString);

    /// <summary>What a server says it is.</summary>
    Task<string> VersionAsync(string connectionString);
}
