namespace HybridStore;

/// <summary>One of the two tiers of a store.</summary>
public enum AuthTier
{
    /// <summary>The fast one.</summary>
    Hot = 1,

    /// <summary>The durable one.</summary>
    Cold = 2,
}
