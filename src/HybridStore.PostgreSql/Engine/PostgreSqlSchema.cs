namespace HybridStore.PostgreSql.Engine;

/// <summary>The schema, as the steps that lead to it. A step that was released is never changed; another one is added.</summary>
/// <remarks>
/// Functions carry a version in their names, and a new step adds functions beside those that the version before calls: two neighbouring versions of the library
/// share a database. What a step takes away, the version before the one that brought it must not need.
/// </remarks>
internal static class PostgreSqlSchema
{
    /// <summary>The number that this library makes and understands.</summary>
    public static int Version => Migrations[^1].Number;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, ReadableFrom: 1, ["1-tables", "1-locking", "1-apply", "1-commit", "1-leases", "1-deletion", "1-import", "1-reading"]),
        new(2, ReadableFrom: 1, ["2-history"]),
        new(3, ReadableFrom: 1, ["3-keys"]),
    ];
}
