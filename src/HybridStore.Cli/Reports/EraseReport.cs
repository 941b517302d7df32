using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>An erasure, beside the sessions themselves.</summary>
internal sealed record EraseReport(string Tenant, long Erased, long Records, bool Complete, IReadOnlyList<RemainingCopyReport> Remaining, double Seconds) : IReport<EraseReport>
{
    public static JsonTypeInfo<EraseReport> Json => CliJson.Default.EraseReport;

    public void Describe(IText text)
    {
        text.Line(FormattableString.Invariant($"erased {Erased} sessions of {Tenant}: {Records} records, {Seconds:0.00} seconds"));
        if (Remaining.Count > 0)
            text.Line("what may outlive it:");
        foreach (var copy in Remaining)
            text.Line($"- {copy.What}{(copy.Until is { } until ? $" (until {SessionReport.Format(until)})" : "")}");
    }
}
