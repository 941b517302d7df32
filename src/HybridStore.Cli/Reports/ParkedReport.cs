using HybridStore.Tiers;

namespace HybridStore.Cli.Reports;

/// <summary>What stops a session's outbox.</summary>
internal sealed record ParkedReport(long Version, string Reason, int Tries, DateTimeOffset Since)
{
    public static ParkedReport? Of(ParkedEntry? parked) => parked is null ? null : new(parked.Version, parked.Reason, parked.Tries, parked.Since);

    public override string ToString() =>
        FormattableString.Invariant($"parked at version {Version}: {Reason}, {Tries} tries, since {SessionReport.Format(Since)}");
}
