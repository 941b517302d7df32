using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a look for sessions without a holder came to, beside those that remain: some are held, and drain by themselves.</summary>
internal sealed record OutboxReconcileReport(int Reconciled, int RemainingSessions, IReadOnlyList<SessionNames> RolledBack) : IReport<OutboxReconcileReport>
{
    public static JsonTypeInfo<OutboxReconcileReport> Json => CliJson.Default.OutboxReconcileReport;

    public void Describe(IText text)
    {
        foreach (var session in RolledBack)
            text.Line($"rolled back {session.Tenant}/{session.Session}: queued commits of it are lost");
        text.Line(FormattableString.Invariant($"reconciled {Reconciled} sessions, {RemainingSessions} remain"));
    }
}

/// <summary>A session's two names.</summary>
internal sealed record SessionNames(string Tenant, string Session);
