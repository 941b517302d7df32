using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a verification found, beside the records that did not open themselves.</summary>
internal sealed record VerifyReport(
    string Tenant,
    string Session,
    bool Intact,
    long Records,
    long DamagedRecords,
    long LockedRecords,
    long QuarantinedRecords,
    IReadOnlyList<FaultCount> Faults,
    long StoredBytes,
    double Seconds) : IReport<VerifyReport>
{
    public static JsonTypeInfo<VerifyReport> Json => CliJson.Default.VerifyReport;

    public void Describe(IText text)
    {
        var locked = LockedRecords > 0 ? FormattableString.Invariant($", {LockedRecords} locked") : "";
        var quarantined = QuarantinedRecords > 0 ? FormattableString.Invariant($", {QuarantinedRecords} in quarantine") : "";
        text.Line(FormattableString.Invariant(
            $"verified {Tenant}/{Session}: {Records} records, {DamagedRecords} damaged{locked}{quarantined}, {StoredBytes} stored bytes, {Seconds:0.00} seconds"));
    }
}
