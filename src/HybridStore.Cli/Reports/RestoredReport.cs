using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session of a backup that is restored.</summary>
internal sealed record RestoredReport(string Tenant, string Session, string Outcome, long Incarnation, long Version, long Records, long Dropped) : IRow<RestoredReport>
{
    public static JsonTypeInfo<RestoredReport> Json => CliJson.Default.RestoredReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("tenant"), new("session"), new("outcome"), new("version", IsNumber: true), new("records", IsNumber: true), new("dropped", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Tenant, Session, Outcome, Version.ToString(CultureInfo.InvariantCulture), Records.ToString(CultureInfo.InvariantCulture), Dropped.ToString(CultureInfo.InvariantCulture),
    ];

    public static RestoredReport Of(RestoredSession session) => new(
        session.Session.Tenant, session.Session.Session, Failure.CamelCase(session.Outcome.ToString()), session.Incarnation, session.Version, session.Records, session.Dropped);
}
