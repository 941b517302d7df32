namespace HybridStore.Tests.Simulation;

/// <summary>A promise that a world breaks on purpose.</summary>
internal enum SimPlant
{
    None,

    /// <summary>Now and then cold acknowledges a commit that it does not keep.</summary>
    LostWrite,

    /// <summary>Cold takes what is under an epoch that was taken over.</summary>
    NoFence,

    /// <summary>Cold applies a repeat again.</summary>
    AppliedTwice,

    /// <summary>What hot has is good for ever.</summary>
    EternalHot,

    /// <summary>Cold answers a read with the records as they were some time before its head.</summary>
    TornRead,
}
