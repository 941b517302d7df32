using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A fresh master key.</summary>
internal sealed record KeyReport(string Key, string Id) : IReport<KeyReport>
{
    public static JsonTypeInfo<KeyReport> Json => CliJson.Default.KeyReport;

    public void Describe(IText text) => text.Line(Key);

    /// <summary>The id; never the key.</summary>
    public override string ToString() => Id;
}
