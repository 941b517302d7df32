using System.Text.Json.Serialization.Metadata;
using HybridStore.Audit;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>Whether an audit trail is intact.</summary>
internal sealed record AuditVerifyReport(
    string File, bool Intact, bool Keyed, long Lines, long TornLines, string? Previous, string? Head, long? HeadFoundInLine, string? Fault, long? Line, double Seconds)
    : IReport<AuditVerifyReport>
{
    public static JsonTypeInfo<AuditVerifyReport> Json => CliJson.Default.AuditVerifyReport;

    public static AuditVerifyReport Of(string file, AuditChain chain, AuditVerification found, double seconds) => new(
        file,
        found.Fault is null,
        chain.IsKeyed,
        found.Lines,
        found.TornLines,
        found.Begins,
        found.Head,
        found.HeadLine,
        found.Fault is { } fault ? Failure.CamelCase(fault.ToString()) : null,
        found.Line,
        seconds);

    public void Describe(IText text)
    {
        var torn = TornLines > 0 ? FormattableString.Invariant($", {TornLines} of them cut short by a crash, or by hand") : "";
        var since = HeadFoundInLine is { } line ? FormattableString.Invariant($", the hash that was given is in line {line}") : "";
        text.Line(FormattableString.Invariant($"verified {File}: {Lines} lines{torn}{(Intact ? ", intact" : " fit")}{since}, {Seconds:0.00} seconds"));
        if (Head is not null)
            text.Line($"head {Head}");
    }
}
