using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What became of a session that was rolled back.</summary>
internal sealed record RollbackReport(string Tenant, string Session, long To, long From, long Version, long Records, long Dropped) : IReport<RollbackReport>
{
    public static JsonTypeInfo<RollbackReport> Json => CliJson.Default.RollbackReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"rolled {Tenant}/{Session} back from version {From} to {To}, as version {Version}: {Records} records, {Dropped} dropped since they must not be used again"));
}
