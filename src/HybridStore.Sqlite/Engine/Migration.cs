namespace HybridStore.Sqlite.Engine;

/// <summary>One step of the schema, applied in one transaction.</summary>
/// <param name="Number">The schema's version after it, from 1, without gaps.</param>
/// <param name="Sql">What it does.</param>
internal sealed record Migration(int Number, string Sql);
