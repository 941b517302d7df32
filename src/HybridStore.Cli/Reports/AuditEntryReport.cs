using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Audit;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A line of an audit trail.</summary>
internal sealed record AuditEntryReport(
    long Line,
    long? Number,
    DateTime? At,
    string? Actor,
    int? Process,
    string Kind,
    string? Outcome,
    string? Tenant,
    string? Session,
    long? Incarnation,
    long? Version,
    string? Key,
    long? Sessions,
    long? Records,
    long? DataKeys,
    string? Detail,
    Guid? Action) : IRow<AuditEntryReport>
{
    public static JsonTypeInfo<AuditEntryReport> Json => CliJson.Default.AuditEntryReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("number", IsNumber: true), new("at"), new("actor"), new("process", IsNumber: true), new("kind"), new("outcome"), new("of"), new("more")];

    public static AuditEntryReport Of(AuditFileLine line) => line.Read is { } read
        ? new(
            line.Number, read.Number, read.At, read.Actor, read.Process, read.Kind, read.Outcome, read.Tenant, read.Session, read.Incarnation, read.Version, read.Key, read.Sessions, read.Records, read.DataKeys,
            read.Detail, read.Action)
        : new(line.Number, null, null, null, null, "unreadable", null, null, null, null, null, null, null, null, null, null, null);

    public IReadOnlyList<string> ToCells() =>
    [
        Number?.ToString(CultureInfo.InvariantCulture) ?? "?",
        At is { } at ? SessionReport.Format(new DateTimeOffset(at, TimeSpan.Zero)) : "?",
        Actor ?? "?",
        Process?.ToString(CultureInfo.InvariantCulture) ?? "?",
        Kind,
        Outcome ?? "",
        Tenant is null ? "" : Session is null ? Tenant : $"{Tenant}/{Session}",
        string.Join(", ", More()),
    ];

    private IEnumerable<string> More()
    {
        foreach (var (name, value) in ((string, long?)[])[("incarnation", Incarnation), ("version", Version), ("sessions", Sessions), ("records", Records), ("data keys", DataKeys)])
        {
            if (value is { } number)
                yield return FormattableString.Invariant($"{name} {number}");
        }

        if (Key is not null)
            yield return $"key {Key}";
        if (Detail is not null)
            yield return Detail;
    }
}
