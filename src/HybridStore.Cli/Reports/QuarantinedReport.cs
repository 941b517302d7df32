using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A damaged envelope in quarantine.</summary>
internal sealed record QuarantinedReport(string Id, RecordName Record, long Version, string Fault, DateTimeOffset QuarantinedAt, long StoredBytes) : IRow<QuarantinedReport>
{
    public static JsonTypeInfo<QuarantinedReport> Json => CliJson.Default.QuarantinedReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("id"), new("type"), new("record"), new("fault"), new("version", IsNumber: true), new("quarantined at"), new("stored bytes", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Id,
        Record.Type,
        Record.Id,
        Fault,
        Version.ToString(CultureInfo.InvariantCulture),
        SessionReport.Format(QuarantinedAt),
        StoredBytes.ToString(CultureInfo.InvariantCulture),
    ];

    public static QuarantinedReport Of(QuarantinedEnvelope envelope) => new(
        envelope.Id, RecordName.Of(envelope.Key), envelope.Version, Failure.CamelCase(envelope.Fault.ToString()), envelope.QuarantinedAt, envelope.StoredBytes);
}
