namespace HybridStore.Tiers;

/// <summary>A session was changed.</summary>
/// <param name="Incarnation">The life that it is in; 0: the connection was lost for a while, so anything may have changed.</param>
/// <param name="Version">The version that it is at.</param>
public readonly record struct HotChange(long Incarnation, long Version)
{
    /// <summary>Messages may have been missed.</summary>
    public static HotChange Unknown => default;
}
