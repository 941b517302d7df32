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

    /// <summary>Hot acknowledges now and then what it does not take.</summary>
    LostInHot,

    /// <summary>Entries go from hot when they are sent to cold, and not when cold has them.</summary>
    AcknowledgedBeforeCold,

    /// <summary>The holder believes that hot has everything once it was adopted, and gives it nothing again.</summary>
    AdoptionIsAll,

    /// <summary>Whoever takes over leaves what is queued where it is.</summary>
    TakeoverWithoutDrain,

    /// <summary>Whoever takes over believes hot, though it lost what it had.</summary>
    LossBelieved,

    /// <summary>What was filled or applied vouches for the outbox.</summary>
    FillVouches,

    /// <summary>A holder that lives on in hot is overlooked.</summary>
    HolderIgnored,

    /// <summary>Cold takes a commit without what was queued before it.</summary>
    OutOfOrder,

    /// <summary>A reader believes cold, though it may be behind.</summary>
    ColdBelieved,

    /// <summary>Nobody compares the identity in credentials.</summary>
    GuardIgnored,

    /// <summary>Cold publishes an import without its last record.</summary>
    ImportLosesRecord,

    /// <summary>Cold does not look at what versions a commit expects.</summary>
    ConditionsIgnored,

    /// <summary>Cold takes what was meant for a life of the session that has ended.</summary>
    LifeIgnored,

    /// <summary>Cold that went back says that it is where it was.</summary>
    GoingBackHidden,

    /// <summary>What cold refuses for good is passed over, and not parked.</summary>
    PoisonDropped,

    /// <summary>After a rollback, the session goes on at the versions of what was lost.</summary>
    NoJump,
}
