namespace HybridStore.Cli.Output;

/// <summary>A column of a table.</summary>
internal sealed record Column(string Name, bool IsNumber = false);
