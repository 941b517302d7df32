using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A former version of a record.</summary>
internal sealed record RecordVersionReport(long Version, long ReplacedBy, DateTimeOffset ReplacedAt, long StoredBytes) : IRow<RecordVersionReport>
{
    public static JsonTypeInfo<RecordVersionReport> Json => CliJson.Default.RecordVersionReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("version", IsNumber: true), new("replaced by", IsNumber: true), new("replaced at"), new("stored bytes", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Version.ToString(CultureInfo.InvariantCulture),
        ReplacedBy.ToString(CultureInfo.InvariantCulture),
        SessionReport.Format(ReplacedAt),
        StoredBytes.ToString(CultureInfo.InvariantCulture),
    ];

    public static RecordVersionReport Of(AuthRecordVersion version) => new(version.Version, version.ReplacedBy, version.ReplacedAt, version.StoredBytes);
}
