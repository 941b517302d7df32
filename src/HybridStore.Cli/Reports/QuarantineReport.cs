using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>Whose quarantine was listed.</summary>
internal sealed record QuarantineReport(string Tenant, string Session, int Count) : IReport<QuarantineReport>
{
    public static JsonTypeInfo<QuarantineReport> Json => CliJson.Default.QuarantineReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant($"{Tenant}/{Session}: {Count} in quarantine"));
}
