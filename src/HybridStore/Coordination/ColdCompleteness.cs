namespace HybridStore.Coordination;

/// <summary>What a reader without the lease may make of a cold tier that may be behind (protocol rule 3).</summary>
internal enum ColdCompleteness
{
    /// <summary>Cold has everything that was acknowledged when hot was asked.</summary>
    Complete = 1,

    /// <summary>Hot is ahead, and right: its records go over cold's, and what it lacks was not changed since.</summary>
    HotIsAhead = 2,

    /// <summary>Nobody can say now: the answer of one tier does not fit that of the other, or hot does not know.</summary>
    Unknown = 3,
}
