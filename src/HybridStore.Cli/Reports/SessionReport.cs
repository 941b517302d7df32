using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session in a list.</summary>
internal sealed record SessionReport(
    string Tenant, string Session, long Incarnation, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool MayBeAhead) : IRow<SessionReport>
{
    public static JsonTypeInfo<SessionReport> Json => CliJson.Default.SessionReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("tenant"), new("session"), new("incarnation", IsNumber: true), new("version", IsNumber: true), new("updated"), new("queued")];

    public IReadOnlyList<string> ToCells() =>
    [
        Tenant,
        Session,
        Incarnation.ToString(CultureInfo.InvariantCulture),
        Version.ToString(CultureInfo.InvariantCulture),
        Format(UpdatedAt),
        MayBeAhead ? "maybe" : "no",
    ];

    public static SessionReport Of(AuthSessionInfo session) =>
        new(session.Id.Tenant, session.Id.Session, session.Incarnation, session.Version, session.CreatedAt, session.UpdatedAt, session.MayBeAhead);

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
