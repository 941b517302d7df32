using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Baileys;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A session in an export of its tenant.</summary>
internal sealed record ExportedSessionReport(string Session, string? Folder, long Version, long Records, long Bytes, string? Error) : IRow<ExportedSessionReport>
{
    public static JsonTypeInfo<ExportedSessionReport> Json => CliJson.Default.ExportedSessionReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("session"), new("folder"), new("version", IsNumber: true), new("records", IsNumber: true), new("bytes", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Session,
        Folder ?? $"left out: {Error}",
        Version.ToString(CultureInfo.InvariantCulture),
        Records.ToString(CultureInfo.InvariantCulture),
        Bytes.ToString(CultureInfo.InvariantCulture),
    ];

    public static ExportedSessionReport Of(BaileysTenantSession session) => session.Result is { } result
        ? new(session.Session.Session, session.Folder, result.Session.Version, result.Records, result.Bytes, null)
        : new(session.Session.Session, null, 0, 0, 0, session.Error!.Message);
}
