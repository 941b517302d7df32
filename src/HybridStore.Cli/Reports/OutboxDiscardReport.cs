using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A queued commit that was given up.</summary>
internal sealed record OutboxDiscardReport(string Tenant, string Session, long Version, bool Discarded, bool RolledBack) : IReport<OutboxDiscardReport>
{
    public static JsonTypeInfo<OutboxDiscardReport> Json => CliJson.Default.OutboxDiscardReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"discarded version {Version} of {Tenant}/{Session}, which is marked as rolled back; everything after it was drained"));
}
