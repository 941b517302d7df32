using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What an export of a tenant wrote, beside the sessions themselves.</summary>
internal sealed record TenantExportReport(string Tenant, string Directory, int Exported, int LeftOut, long Records, long Bytes, double Seconds) : IReport<TenantExportReport>
{
    public static JsonTypeInfo<TenantExportReport> Json => CliJson.Default.TenantExportReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"exported {Exported} sessions of {Tenant} to {Directory}: {Records} records, {Bytes} bytes, {Seconds:0.00} seconds"));
}
