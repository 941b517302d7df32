using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;
using HybridStore.Migration;

namespace HybridStore.Cli.Reports;

/// <summary>What a migration came to, beside the sessions themselves.</summary>
internal sealed record MigrateReport(
    bool Complete, bool Switches, long Copied, long Switched, long Ended, long Waiting, long Failed, int Rounds, long RecordsCopied, long BytesCopied, double Seconds) : IReport<MigrateReport>
{
    public static JsonTypeInfo<MigrateReport> Json => CliJson.Default.MigrateReport;

    public static MigrateReport Of(ColdMigrationReport report, bool switches, double seconds) => new(
        report.IsComplete,
        switches,
        Count(report, MigrationOutcome.Copied),
        Count(report, MigrationOutcome.Switched),
        Count(report, MigrationOutcome.Ended),
        Count(report, MigrationOutcome.Held) + Count(report, MigrationOutcome.Queued) + Count(report, MigrationOutcome.Changing),
        Count(report, MigrationOutcome.Taken) + Count(report, MigrationOutcome.Different),
        report.Rounds,
        report.RecordsCopied,
        report.BytesCopied,
        seconds);

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"{(Switches ? "switched" : "copied")} {(Switches ? Switched : Copied)} of {Copied + Switched + Waiting + Failed} sessions: {Waiting} wait, {Failed} failed, {Ended} ended; {RecordsCopied} records, {BytesCopied} bytes copied, {Seconds:0.00} seconds"));

    private static long Count(ColdMigrationReport report, MigrationOutcome outcome) => report.Sessions.Count(s => s.Outcome == outcome);
}
