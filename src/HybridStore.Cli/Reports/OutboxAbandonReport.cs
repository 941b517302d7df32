using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session whose queued commits were given up.</summary>
internal sealed record OutboxAbandonReport(string Tenant, string Session, bool Abandoned, bool RolledBack) : IReport<OutboxAbandonReport>
{
    public static JsonTypeInfo<OutboxAbandonReport> Json => CliJson.Default.OutboxAbandonReport;

    public void Describe(IText text) =>
        text.Line($"gave up what {Tenant}/{Session} had queued; it is marked as rolled back, and opens again from the store");
}
