using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;
using HybridStore.Migration;

namespace HybridStore.Cli.Reports;

/// <summary>Where a session stands after a migration.</summary>
internal sealed record MigratedSessionReport(
    string Tenant,
    string Session,
    string Outcome,
    long Incarnation,
    long Version,
    long Records,
    long Bytes,
    string? Digest,
    string? Holder,
    IReadOnlyList<MigrationDifferenceReport>? Differences) : IRow<MigratedSessionReport>
{
    public static JsonTypeInfo<MigratedSessionReport> Json => CliJson.Default.MigratedSessionReport;

    public static IReadOnlyList<Column> Columns { get; } =
    [
        new("tenant"), new("session"), new("outcome"), new("incarnation", IsNumber: true), new("version", IsNumber: true), new("records", IsNumber: true), new("bytes", IsNumber: true), new("why"),
    ];

    public static MigratedSessionReport Of(MigratedSession session) => new(
        session.Id.Tenant,
        session.Id.Session,
        Failure.CamelCase(session.Outcome.ToString()),
        session.Incarnation,
        session.Version,
        session.Records,
        session.Bytes,
        session.Digest.Length == 0 ? null : session.Digest,
        session.Holder,
        session.Differences.Count == 0 ? null : [.. session.Differences.Select(d => new MigrationDifferenceReport(Failure.CamelCase(d.Kind.ToString()), d.Key?.Type, d.Key?.Id))]);

    public IReadOnlyList<string> ToCells() =>
    [
        Tenant, Session, Outcome, Number(Incarnation), Number(Version), Number(Records), Number(Bytes), Holder is not null ? $"held by {Holder}" : Differences is { } different ? Describe(different) : "",
    ];

    private static string Describe(IReadOnlyList<MigrationDifferenceReport> differences)
    {
        var first = differences[0];
        var what = first.Type is null ? first.Kind : $"{first.Kind} {first.Type}/{first.Id}";
        return differences.Count == 1 ? what : FormattableString.Invariant($"{what} and {differences.Count - 1} more");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>In what a copy is not as its source.</summary>
internal sealed record MigrationDifferenceReport(string Kind, string? Type, string? Id);
