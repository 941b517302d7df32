using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a restore took in.</summary>
internal sealed record RestoreReport(string File, int Restored, int Held, long Records, long Dropped, double Seconds) : IReport<RestoreReport>
{
    public static JsonTypeInfo<RestoreReport> Json => CliJson.Default.RestoreReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"restored {Restored} sessions from {File}: {Records} records, {Dropped} dropped since they must not be used again, {Seconds:0.00} seconds"));
}
