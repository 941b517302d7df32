namespace HybridStore.PostgreSql.Engine;

/// <summary>The schema's name as it may stand in SQL. Only plain identifiers are taken, so that no quoting can go wrong.</summary>
internal static class SchemaName
{
    private const int MaxLength = 63;

    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength }
        && !char.IsAsciiDigit(name[0])
        && !name.StartsWith("pg_", StringComparison.OrdinalIgnoreCase)
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Quoted, since upper case and SQL's own words are names too.</summary>
    public static string Quote(string name) => $"\"{name}\"";
}
