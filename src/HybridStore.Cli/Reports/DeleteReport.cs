using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A deletion.</summary>
internal sealed record DeleteReport(string Tenant, string Session, bool Deleted) : IReport<DeleteReport>
{
    public static JsonTypeInfo<DeleteReport> Json => CliJson.Default.DeleteReport;

    public void Describe(IText text) => text.Line($"deleted {Tenant}/{Session}");
}
