using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a session has queued, beside the commits themselves, of which the oldest are shown.</summary>
internal sealed record OutboxShowReport(string Tenant, string Session, long Waiting, ParkedReport? Parked) : IReport<OutboxShowReport>
{
    public static JsonTypeInfo<OutboxShowReport> Json => CliJson.Default.OutboxShowReport;

    public void Describe(IText text) =>
        text.Line(FormattableString.Invariant($"{Tenant}/{Session}: {Waiting} queued commits wait{(Parked is null ? "" : $"; {Parked}")}"));
}
