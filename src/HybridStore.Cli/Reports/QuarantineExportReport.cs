using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A damaged envelope that was written to a file.</summary>
internal sealed record QuarantineExportReport(string Tenant, string Session, string Id, string File, long Bytes) : IReport<QuarantineExportReport>
{
    public static JsonTypeInfo<QuarantineExportReport> Json => CliJson.Default.QuarantineExportReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant($"wrote {Id} of {Tenant}/{Session} to {File}: {Bytes} bytes, as they were found"));
}
