using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A record that did not open.</summary>
internal sealed record DamagedRecord(string Type, string Id, long Version, long StoredBytes, string Fault, bool Damaged, string Message) : IRow<DamagedRecord>
{
    public static JsonTypeInfo<DamagedRecord> Json => CliJson.Default.DamagedRecord;

    public static IReadOnlyList<Column> Columns { get; } = [new("type"), new("id"), new("fault"), new("what it means")];

    public IReadOnlyList<string> ToCells() => [Type, Id, Fault, Message];
}
