using HybridStore.Cli.Doctor;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>A finding of the doctor.</summary>
internal sealed record FindingReport(
    string Kind,
    string? Tenant,
    string? Session,
    bool Waits,
    string State,
    string Cause,
    string Risk,
    IReadOnlyList<WayOutReport> WaysOut,
    string Page)
{
    public static FindingReport Of(AuthFinding finding)
    {
        var explained = Explainer.Of(finding);
        return new FindingReport(
            Failure.CamelCase(finding.Kind.ToString()),
            finding.Session?.Tenant,
            finding.Session?.Session,
            finding.WaitsForAPerson,
            explained.State,
            explained.Cause,
            explained.Risk,
            [.. explained.WaysOut.Select(WayOutReport.Of)],
            Explainer.PageOf(finding.Kind));
    }

    public void Describe(IText text)
    {
        text.Line($"{(Tenant is null ? "the store" : $"{Tenant}/{Session}")}: {Kind}{(Waits ? ", waits for a person" : "")}");
        text.Line($"  {State}");
        text.Line($"  how it came: {Cause}");
        text.Line($"  at risk: {Risk}");
        foreach (var way in WaysOut)
        {
            text.Line($"  way out: {way.Does}");
            if (way.Command is not null)
                text.Line($"    $ {way.Command}");
            text.Line($"    costs: {way.Costs}; keeps: {way.Keeps}; pairing again: {way.Pairing}");
        }

        text.Line($"  see {Page}");
    }
}
