using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>Whose versions were listed.</summary>
internal sealed record HistoryReport(string Tenant, string Session, RecordName? Record, int Count) : IReport<HistoryReport>
{
    public static JsonTypeInfo<HistoryReport> Json => CliJson.Default.HistoryReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"{Tenant}/{Session}: {Count} {(Record is null ? "versions to go back to" : "former versions")}{(Count == 0 && Record is null ? "; no history is kept, or a commit was made by a process that keeps none" : "")}"));
}
