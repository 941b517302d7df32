namespace HybridStore;

/// <summary>Where a store runs, and so how patient it is. No preset makes it less safe: encryption, leases and what a receipt promises are the same in all.</summary>
public enum HybridAuthStorePreset
{
    /// <summary>The defaults, said aloud.</summary>
    Production = 1,

    /// <summary>On a developer's machine: what was killed is available again soon, and a server that is not there is noticed soon.</summary>
    Development = 2,

    /// <summary>In tests: breaks, deadlines and leases as short as they may be, and nothing is tried again.</summary>
    Testing = 3,
}
