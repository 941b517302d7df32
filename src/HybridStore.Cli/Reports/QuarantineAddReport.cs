using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A damaged record that was taken out.</summary>
internal sealed record QuarantineAddReport(string Tenant, string Session, RecordName Record, bool Quarantined) : IReport<QuarantineAddReport>
{
    public static JsonTypeInfo<QuarantineAddReport> Json => CliJson.Default.QuarantineAddReport;

    public void Describe(IText text) => text.Line($"took {Record.Type}/{Record.Id} of {Tenant}/{Session} into quarantine");
}
