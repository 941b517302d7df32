using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session that has nothing queued any more.</summary>
internal sealed record OutboxRetryReport(string Tenant, string Session, bool Drained, bool RolledBack) : IReport<OutboxRetryReport>
{
    public static JsonTypeInfo<OutboxRetryReport> Json => CliJson.Default.OutboxRetryReport;

    public void Describe(IText text) =>
        text.Line($"drained {Tenant}/{Session}{(RolledBack ? "; queued commits were lost before, and it is marked as rolled back" : "")}");
}
