namespace HybridStore.Cli;

/// <summary>The kinds of stores that the tool knows. The library finds each by its name; one whose driver was not to be had when the tool was built is not there.</summary>
internal static class ColdSchemes
{
    /// <summary>How a store is named, for people.</summary>
    public const string Forms = "sqlite:PATH, postgresql://…, mongodb://… or redis:CONNECTION";

    /// <summary>Says what is wrong with a scheme, if something is.</summary>
    /// <param name="scheme">The scheme, in lower case.</param>
    /// <param name="source">Where it was chosen.</param>
    public static string? FaultOf(string scheme, string source) => scheme switch
    {
        "sqlite" or "redis" or "rediss" => null,
        "postgresql" or "postgres" => IsThere(Type.GetType("HybridStore.PostgreSql.PostgreSqlColdTierFactory, HybridStore.PostgreSql")) ? null : LeftOut(source, "PostgreSQL", "Npgsql"),
        "mongodb" or "mongodb+srv" => IsThere(Type.GetType("HybridStore.MongoDb.MongoDbColdTierFactory, HybridStore.MongoDb")) ? null : LeftOut(source, "MongoDB", "MongoDB.Driver"),
        _ => $"{source} names a store of the kind '{scheme}'; this tool knows {Forms}.",
    };

    private static bool IsThere(Type? factory) => factory is not null;

    private static string LeftOut(string source, string name, string driver) =>
        $"{source} names a store on {name}, which this build of the tool lacks: the package feed that it was built from has no {driver}.";
}
