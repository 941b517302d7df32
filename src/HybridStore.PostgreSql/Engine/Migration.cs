namespace HybridStore.PostgreSql.Engine;

/// <summary>One step of the schema, applied in one transaction.</summary>
/// <param name="Number">The schema's number after it, from 1, without gaps.</param>
/// <param name="ReadableFrom">The oldest number that a library may know to work with the schema after this step.</param>
/// <param name="Files">The SQL files, in order.</param>
internal sealed record Migration(int Number, int ReadableFrom, IReadOnlyList<string> Files);
