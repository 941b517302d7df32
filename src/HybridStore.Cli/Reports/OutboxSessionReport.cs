using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session that may have queued commits.</summary>
internal sealed record OutboxSessionReport(string Tenant, string Session, long ColdVersion, long? Waiting, ParkedReport? Parked) : IRow<OutboxSessionReport>
{
    public static JsonTypeInfo<OutboxSessionReport> Json => CliJson.Default.OutboxSessionReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("tenant"), new("session"), new("cold version", IsNumber: true), new("waiting", IsNumber: true), new("state")];

    public IReadOnlyList<string> ToCells() =>
    [
        Tenant,
        Session,
        ColdVersion.ToString(CultureInfo.InvariantCulture),
        Waiting?.ToString(CultureInfo.InvariantCulture) ?? "?",
        Parked?.ToString() ?? (Waiting is null ? "unknown to hot" : "ok"),
    ];

    public static OutboxSessionReport Of(OutboxSession session) =>
        new(session.Session.Tenant, session.Session.Session, session.ColdVersion, session.Waiting, ParkedReport.Of(session.Parked));
}
