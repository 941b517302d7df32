using HybridStore.Backup;
using HybridStore.Tiers;

namespace HybridStore;

/// <summary>Which former versions of records the cold tier keeps, to go back to. None by default.</summary>
public sealed class HistoryOptions
{
    internal const int MostVersions = 10_000;

    internal static readonly TimeSpan ShortestPeriod = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(3650);

    /// <summary>How many former versions of one record are kept at most. When a record has more, history begins behind the oldest of them.</summary>
    /// <value><see langword="null"/> by default; from 1 to 10,000. Environment: <c>HYBRIDSTORE_HISTORY_MAX_VERSIONS</c>.</value>
    public int? MaxVersions { get; set; }

    /// <summary>How far back history reaches at most. With <see cref="MaxVersions"/> as well, the one that keeps less decides.</summary>
    /// <value><see langword="null"/> by default; from one minute to 3,650 days. Environment: <c>HYBRIDSTORE_HISTORY_PERIOD</c>, such as <c>7.00:00:00</c> for seven days.</value>
    public TimeSpan? Period { get; set; }

    /// <summary>What each commit carries; <see langword="null"/>: no history is kept.</summary>
    internal ColdHistoryRetention? Retention =>
        MaxVersions is null && Period is null ? null : Unbounded with { MaxVersions = MaxVersions, Period = Period };

    /// <summary>What a commit carries that must not end a session's history, and has no say in how much of it is kept.</summary>
    internal static ColdHistoryRetention Unbounded { get; } = new() { ExceptTypes = GoingBackPolicy.DroppedTypes };
}
