using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What became of a master key.</summary>
internal sealed record KeyChangeReport(string Id, string State) : IReport<KeyChangeReport>
{
    public static JsonTypeInfo<KeyChangeReport> Json => CliJson.Default.KeyChangeReport;

    public void Describe(IText text) => text.Line($"master key {Id}: {State}");
}
