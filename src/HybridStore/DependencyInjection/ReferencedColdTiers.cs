using System.Diagnostics.CodeAnalysis;

namespace HybridStore.DependencyInjection;

/// <summary>Finds the cold tiers of the packages that the application references: SQLite, which is the default where nothing else was chosen, and others.</summary>
/// <remarks>
/// The core references no driver, and still <c>AddHybridAuthStore()</c> alone shall work for whoever references such a package, and a setting shall choose
/// it. So the packages' factories are looked up by their names: constants, which the trimmer and the AOT compiler follow.
/// </remarks>
internal static class ReferencedColdTiers
{
    public static IEnumerable<IColdTierFactory> Find() =>
    [
        .. Make(Type.GetType("HybridStore.Sqlite.SqliteColdTierFactory, HybridStore.Sqlite")),
        .. Make(Type.GetType("HybridStore.PostgreSql.PostgreSqlColdTierFactory, HybridStore.PostgreSql")),
        .. Make(Type.GetType("HybridStore.PostgreSql.PostgresColdTierFactory, HybridStore.PostgreSql")),
        .. Make(Type.GetType("HybridStore.MongoDb.MongoDbColdTierFactory, HybridStore.MongoDb")),
        .. Make(Type.GetType("HybridStore.MongoDb.MongoDbSrvColdTierFactory, HybridStore.MongoDb")),
        .. Make(Type.GetType("HybridStore.Redis.RedisColdTierFactory, HybridStore.Redis")),
    ];

    /// <summary>The package that has the tier of a scheme; <see langword="null"/>: it is not one of this library's.</summary>
    public static string? PackageOf(string scheme) => scheme switch
    {
        "sqlite" => "HybridStore.Sqlite",
        "postgresql" or "postgres" => "HybridStore.PostgreSql",
        "mongodb" or "mongodb+srv" => "HybridStore.MongoDb",
        "redis" or "rediss" => "HybridStore.Redis",
        _ => null,
    };

    private static IColdTierFactory[] Make([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type? factory) =>
        factory is null ? [] : [(IColdTierFactory)Activator.CreateInstance(factory)!];
}
