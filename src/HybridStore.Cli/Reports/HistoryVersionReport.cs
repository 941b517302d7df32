using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A version that a session can be rolled back to.</summary>
internal sealed record HistoryVersionReport(long Version, DateTimeOffset At, int Changes, long StoredBytes) : IRow<HistoryVersionReport>
{
    public static JsonTypeInfo<HistoryVersionReport> Json => CliJson.Default.HistoryVersionReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("version", IsNumber: true), new("at"), new("changes", IsNumber: true), new("stored bytes", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Version.ToString(CultureInfo.InvariantCulture),
        SessionReport.Format(At),
        Changes.ToString(CultureInfo.InvariantCulture),
        StoredBytes.ToString(CultureInfo.InvariantCulture),
    ];

    public static HistoryVersionReport Of(AuthHistoryVersion version) => new(version.Version, version.At, version.Changes, version.StoredBytes);
}
