using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a backup wrote.</summary>
internal sealed record BackupReport(string File, string? KeysFile, int Written, int LeftOut, long Records, long Bytes, double Seconds) : IReport<BackupReport>
{
    public static JsonTypeInfo<BackupReport> Json => CliJson.Default.BackupReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"wrote {Written} sessions to {File}, {(KeysFile is null ? "without their data keys" : $"their data keys to {KeysFile}")}: {Records} records, {Bytes} bytes, {Seconds:0.00} seconds"));
}
