using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A rollback that somebody knows of.</summary>
internal sealed record AcknowledgeReport(string Tenant, string Session, bool WasRolledBack) : IReport<AcknowledgeReport>
{
    public static JsonTypeInfo<AcknowledgeReport> Json => CliJson.Default.AcknowledgeReport;

    public void Describe(IText text) => text.Line(WasRolledBack ? $"acknowledged {Tenant}/{Session}" : $"{Tenant}/{Session} was not marked as rolled back");
}
