using HybridStore.Tiers;

namespace HybridStore.Redis.Cold;

/// <summary>A session that stands in a list, as its head says it is now.</summary>
/// <param name="Head">The head; version 0 if it is not created.</param>
/// <param name="IsHeld">Whether somebody holds it, by the server's clock.</param>
internal readonly record struct ListedHead(SessionHead Head, bool IsHeld)
{
    public bool IsAlive => Head.Version > 0;

    public bool IsAhead => Head.AheadEpoch != 0;
}
