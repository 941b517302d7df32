namespace HybridStore.Cli.Reports;

/// <summary>What there was of one type.</summary>
internal sealed record ErasedTypeReport(string Type, long Records, long StoredBytes);
