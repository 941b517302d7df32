using System.Text.Json.Serialization.Metadata;
using HybridStore.Baileys;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What an import did, or would do.</summary>
internal sealed record ImportReport(
    string Tenant,
    string Session,
    bool DryRun,
    long? Incarnation,
    long? Version,
    long Records,
    long Bytes,
    long RewrittenRecords,
    IReadOnlyList<string> Ignored,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<BaileysTypeCount> Types,
    double Seconds) : IReport<ImportReport>
{
    private const int ShownNames = 5;

    public static JsonTypeInfo<ImportReport> Json => CliJson.Default.ImportReport;

    public void Describe(IText text)
    {
        if (Ignored.Count > 0)
            text.Line($"ignored, for they are no records: {Some(Ignored)}");
        if (LeftOut.Count > 0)
            text.Line($"left out, for they are not whole there: {Some(LeftOut)}");
        if (RewrittenRecords > 0)
            text.Line(FormattableString.Invariant($"{(DryRun ? "would be brought" : "brought")} into today's form: {RewrittenRecords} records"));
        text.Line(FormattableString.Invariant(
            $"{(DryRun ? "would import into" : "imported into")} {Tenant}/{Session}: {Records} records, {Bytes} bytes, {Seconds:0.00} seconds"));
    }

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(ShownNames)) + (names.Count > ShownNames ? $" and {names.Count - ShownNames} more" : "");
}
