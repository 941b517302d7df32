using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session of a backup that is written.</summary>
internal sealed record BackedUpReport(string Tenant, string Session, string Outcome, long Incarnation, long Version, long Records, long Bytes) : IRow<BackedUpReport>
{
    public static JsonTypeInfo<BackedUpReport> Json => CliJson.Default.BackedUpReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("tenant"), new("session"), new("outcome"), new("version", IsNumber: true), new("records", IsNumber: true), new("bytes", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Tenant, Session, Outcome, Version.ToString(CultureInfo.InvariantCulture), Records.ToString(CultureInfo.InvariantCulture), Bytes.ToString(CultureInfo.InvariantCulture),
    ];

    public static BackedUpReport Of(BackedUpSession session) => new(
        session.Session.Tenant, session.Session.Session, Failure.CamelCase(session.Outcome.ToString()), session.Incarnation, session.Version, session.Records, session.Bytes);
}
