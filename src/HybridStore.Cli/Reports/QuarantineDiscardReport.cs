using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A damaged envelope that was removed from quarantine.</summary>
internal sealed record QuarantineDiscardReport(string Tenant, string Session, string Id, bool Discarded) : IReport<QuarantineDiscardReport>
{
    public static JsonTypeInfo<QuarantineDiscardReport> Json => CliJson.Default.QuarantineDiscardReport;

    public void Describe(IText text) => text.Line($"discarded {Id} of {Tenant}/{Session}");
}
