using System.Text.Json.Serialization.Metadata;
using HybridStore.Baileys;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What an export wrote.</summary>
internal sealed record ExportReport(
    string Tenant,
    string Session,
    long Incarnation,
    long Version,
    string Directory,
    long Records,
    long Bytes,
    IReadOnlyList<BaileysTypeCount> Types,
    double Seconds) : IReport<ExportReport>
{
    public static JsonTypeInfo<ExportReport> Json => CliJson.Default.ExportReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"exported {Tenant}/{Session} to {Directory}: {Records} records, {Bytes} bytes, {Seconds:0.00} seconds"));
}
