namespace HybridStore.Tiers;

/// <summary>What a commit keeps of the records that it replaces, and how much of what was kept before it leaves.</summary>
/// <remarks>With neither bound, everything is kept. With both, the one that keeps less decides.</remarks>
public sealed record ColdHistoryRetention
{
    /// <summary>How many former versions of one record are kept at most, from 1; <see langword="null"/>: any number.</summary>
    public int? MaxVersions { get; init; }

    /// <summary>How far back history reaches at most, by the tier's clock; <see langword="null"/>: any time.</summary>
    public TimeSpan? Period { get; init; }

    /// <summary>The types of which nothing is kept.</summary>
    public IReadOnlyList<string> ExceptTypes { get; init; } = [];
}
