namespace HybridStore.Tests.Simulation;

/// <summary>What kind of world a run is in.</summary>
/// <param name="Lease">Whether sessions are held.</param>
/// <param name="Hot">Which hot tier there is.</param>
/// <param name="Cold">How cold fails.</param>
/// <param name="HotFaults">How hot fails.</param>
/// <param name="Deletes">Whether sessions are deleted too.</param>
/// <param name="Pauses">Whether processes stand still and time passes in long steps.</param>
internal sealed record SimShape(LeaseMode Lease, SimHot Hot, SimFaults Cold, SimFaults HotFaults, bool Deletes, bool Pauses)
{
    /// <summary>Whether tiers go down for a while, for all or for one process, and processes are killed.</summary>
    public bool Outages { get; init; }

    /// <summary>What hot does to what it was given.</summary>
    public SimLies Lies { get; init; }

    /// <summary>How often a storm begins, where there are outages and hot loses what it had: a chance for each time that something happens.</summary>
    public double Storms { get; init; } = 0.04;

    /// <summary>Whether cold refuses some commits for good, until somebody mends it, and operators look after what is parked.</summary>
    public bool Poison { get; init; }

    /// <summary>Whether cold is set back to an older copy of itself, once.</summary>
    public bool ColdGoesBack { get; init; }

    /// <summary>Whether retries, time limits and breakers stand between stores and tiers.</summary>
    public bool Resilient { get; init; }

    /// <summary>Whether the clocks of processes are set, by minutes.</summary>
    public bool Clocks { get; init; }

    /// <summary>What is broken in this world, to see that the checks see it.</summary>
    public SimPlant Plant { get; init; }
}
