using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a change of keys did.</summary>
internal sealed record KeyJobReport(string Job, string? MasterKey, long Sessions, long Changed, long Overtaken, long Failed, IReadOnlyList<KeyJobFailureReport> Failures, double Seconds)
    : IReport<KeyJobReport>
{
    public static JsonTypeInfo<KeyJobReport> Json => CliJson.Default.KeyJobReport;

    public static KeyJobReport Of(string job, string? masterKey, KeyJobProgress progress, double seconds) => new(
        job,
        masterKey,
        progress.Sessions,
        progress.Changed,
        progress.Overtaken,
        progress.Failed,
        [.. progress.Failures.Select(static f => new KeyJobFailureReport(f.Session.Tenant, f.Session.Session, Failure.CamelCase(f.Fault)))],
        seconds);

    public void Describe(IText text)
    {
        if (MasterKey is not null)
            text.Line($"active master key: {MasterKey}");
        text.Line(FormattableString.Invariant(
            $"{Job}: {Sessions} sessions, {Changed} {(Job == "rewrap" ? "data keys wrapped" : "records encrypted")} anew, {Overtaken} changed by others meanwhile, {Failed} failed, {Seconds:0.00} seconds"));
        foreach (var failure in Failures)
            text.Line($"  {failure.Tenant}/{failure.Session}: {failure.Fault}");
    }
}

/// <summary>A session of which something was left as it is.</summary>
internal sealed record KeyJobFailureReport(string Tenant, string Session, string Fault);
