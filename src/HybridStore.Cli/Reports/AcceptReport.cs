using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What was kept of a session whose store went back in time.</summary>
internal sealed record AcceptReport(string Tenant, string Session, long Accepted, long Version, long Records, long Dropped, bool RolledBack) : IReport<AcceptReport>
{
    public static JsonTypeInfo<AcceptReport> Json => CliJson.Default.AcceptReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"accepted {Tenant}/{Session} at version {Accepted}: {Records} records, {Dropped} dropped; it is at version {Version} now, and marked as rolled back"));
}
