namespace HybridStore.FaultLab.MongoDb;

/// <summary>MongoDB's driver, where the package feed has it.</summary>
internal static class MongoDbDriver
{
    /// <summary>None: the package feed lacks it.</summary>
    /// <remarks>By name: where it is lacking, what uses it is not compiled.</remarks>
    public static IMongoDbDriver? There { get; } =
        typeof(MongoDbDriver).Assembly.GetType("HybridStore.FaultLab.MongoDb.Driver.OfficialDriver") is { } type ? (IMongoDbDriver)Activator.CreateInstance(type)! : null;
}
