namespace HybridStore.Cli.Reports;

/// <summary>How many records have a fault.</summary>
internal sealed record FaultCount(string Fault, long Records);
