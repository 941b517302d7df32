namespace HybridStore.Cli.Reports;

/// <summary>A place of the store, and whether the session is gone from it.</summary>
internal sealed record ErasedPlaceReport(string Place, string Outcome, string What);
