using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A queued commit. Ids of records are phone numbers, and are not shown.</summary>
internal sealed record OutboxEntryReport(long Version, string CommitId, long Epoch, int Commits, long Bytes, IReadOnlyList<OutboxTypeReport> Types) : IRow<OutboxEntryReport>
{
    public static JsonTypeInfo<OutboxEntryReport> Json => CliJson.Default.OutboxEntryReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("version", IsNumber: true), new("commits", IsNumber: true), new("bytes", IsNumber: true), new("changes")];

    public IReadOnlyList<string> ToCells() =>
    [
        Version.ToString(CultureInfo.InvariantCulture),
        Commits.ToString(CultureInfo.InvariantCulture),
        Bytes.ToString(CultureInfo.InvariantCulture),
        string.Join(", ", Types.Select(t => FormattableString.Invariant($"{t.Type} {t.Changes}"))),
    ];

    public static OutboxEntryReport Of(OutboxItem item) => new(
        item.Version, item.CommitId.ToString(), item.Epoch, item.Commits, item.Bytes, [.. item.Types.Select(t => new OutboxTypeReport(t.Type, t.Records, t.StoredBytes))]);
}

/// <summary>What a queued commit changes of one type.</summary>
internal sealed record OutboxTypeReport(string Type, long Changes, long Bytes);
