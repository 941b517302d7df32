using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a verification found, beside the damaged records themselves.</summary>
internal sealed record VerifyReport(
    string Tenant, string Session, bool Intact, long Records, long DamagedRecords, long StoredBytes, double Seconds) : IReport<VerifyReport>
{
    public static JsonTypeInfo<VerifyReport> Json => CliJson.Default.VerifyReport;

    public void Describe(IText text) => text.Line(FormattableString.Invariant(
        $"verified {Tenant}/{Session}: {Records} records, {DamagedRecords} damaged, {StoredBytes} stored bytes, {Seconds:0.00} seconds"));
}
