using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session's size and history.</summary>
internal sealed record ShowReport(
    string Tenant,
    string Session,
    long Incarnation,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool MayBeAhead,
    long Records,
    long StoredBytes,
    IReadOnlyList<AuthTypeSummary> Types) : IReport<ShowReport>
{
    private static readonly IReadOnlyList<Column> TypeColumns = [new("type"), new("records", IsNumber: true), new("stored bytes", IsNumber: true)];

    public static JsonTypeInfo<ShowReport> Json => CliJson.Default.ShowReport;

    public void Describe(IText text)
    {
        text.Facts(
        [
            ("tenant", Tenant),
            ("session", Session),
            ("incarnation", Number(Incarnation)),
            ("version", Number(Version)),
            ("created", SessionReport.Format(CreatedAt)),
            ("updated", SessionReport.Format(UpdatedAt)),
            ("queued", MayBeAhead ? "maybe: commits may wait that are not counted here, see outbox show" : "no"),
            ("records", Number(Records)),
            ("stored bytes", Number(StoredBytes)),
        ]);
        text.Table(TypeColumns, [.. Types.Select(t => (IReadOnlyList<string>)[t.Type, Number(t.Records), Number(t.StoredBytes)])]);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
