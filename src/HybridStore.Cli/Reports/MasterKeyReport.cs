using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A master key, without the key.</summary>
internal sealed record MasterKeyReport(
    string Id, string State, string Source, bool Available, DateTimeOffset? CreatedAt, DateTimeOffset? ActivatesAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long? DataKeys)
    : IRow<MasterKeyReport>
{
    public static JsonTypeInfo<MasterKeyReport> Json => CliJson.Default.MasterKeyReport;

    public static IReadOnlyList<Column> Columns { get; } =
        [new("key"), new("state"), new("source"), new("active from"), new("until"), new("revoked"), new("data keys", IsNumber: true)];

    public IReadOnlyList<string> ToCells() =>
    [
        Id, Available ? State : $"{State}, does not open", Source, Format(ActivatesAt), Format(ExpiresAt), Format(RevokedAt), DataKeys?.ToString(CultureInfo.InvariantCulture) ?? "",
    ];

    public static MasterKeyReport Of(MasterKeyInfo key, long? dataKeys) =>
        new(key.Id, Failure.CamelCase(key.State.ToString()), key.Source, key.IsAvailable, key.CreatedAt, key.ActivatesAt, key.ExpiresAt, key.RevokedAt, dataKeys);

    private static string Format(DateTimeOffset? time) => time is { } at ? SessionReport.Format(at) : "";
}
