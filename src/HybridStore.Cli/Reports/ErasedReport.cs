using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session that was erased.</summary>
internal sealed record ErasedReport(
    string Tenant,
    string Session,
    DateTimeOffset ErasedAt,
    bool Existed,
    bool Complete,
    long Incarnation,
    long LastVersion,
    long Records,
    long StoredBytes,
    long FormerVersions,
    int DataKeys,
    IReadOnlyList<ErasedTypeReport> Types,
    IReadOnlyList<ErasedPlaceReport> Places) : IRow<ErasedReport>
{
    public static JsonTypeInfo<ErasedReport> Json => CliJson.Default.ErasedReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("tenant"), new("session"), new("records", IsNumber: true), new("data keys", IsNumber: true), new("former versions", IsNumber: true), new("places")];

    public IReadOnlyList<string> ToCells() =>
    [
        Tenant,
        Session,
        Records.ToString(CultureInfo.InvariantCulture),
        DataKeys.ToString(CultureInfo.InvariantCulture),
        FormerVersions.ToString(CultureInfo.InvariantCulture),
        string.Join("; ", Places.Select(static p => $"{p.Place}: {p.Outcome}")),
    ];

    public static ErasedReport Of(ErasureReport report) => new(
        report.Session.Tenant,
        report.Session.Session,
        report.ErasedAt,
        report.Existed,
        report.IsComplete,
        report.Incarnation,
        report.LastVersion,
        report.Records,
        report.StoredBytes,
        report.FormerVersions,
        report.DataKeys,
        [.. report.Types.Select(static t => new ErasedTypeReport(t.Type, t.Records, t.StoredBytes))],
        [.. report.Places.Select(static p => new ErasedPlaceReport(p.Place, Failure.CamelCase(p.Outcome.ToString()), p.What))]);
}
