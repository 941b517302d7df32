using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What the doctor found, all in all.</summary>
internal sealed record DoctorReport(bool Healthy, int Sessions, int WaitingSessions, IReadOnlyList<FindingReport> Findings) : IReport<DoctorReport>
{
    public static JsonTypeInfo<DoctorReport> Json => CliJson.Default.DoctorReport;

    public void Describe(IText text)
    {
        foreach (var finding in Findings)
            finding.Describe(text);
        text.Line(Healthy
            ? FormattableString.Invariant($"healthy: {Sessions} sessions, nothing found")
            : FormattableString.Invariant($"{Sessions} sessions, {WaitingSessions} wait for a person, {Findings.Count} findings"));
    }
}
