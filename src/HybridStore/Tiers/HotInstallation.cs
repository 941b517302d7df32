namespace HybridStore.Tiers;

/// <summary>What became of an epoch on its way into hot, and what hot knew before.</summary>
/// <param name="Installed">Whether it is installed; <see langword="false"/> if hot knows a higher one.</param>
/// <param name="RunId">The tier's present run.</param>
/// <param name="Former">The outbox as it was before, or <see langword="null"/> if hot knows nothing of it.</param>
public sealed record HotInstallation(bool Installed, string RunId, HotOutboxState? Former)
{
    /// <summary>Whether the tier, in that run, survives every restart without losing what it acknowledged; <see langword="false"/> by default.</summary>
    public bool KeepsEverything { get; init; }
}
