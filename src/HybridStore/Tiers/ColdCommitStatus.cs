namespace HybridStore.Tiers;

/// <summary>What became of a cold commit. Everything but <see cref="Committed"/> changed nothing.</summary>
public enum ColdCommitStatus
{
    /// <summary>All of it is kept, as durable as the tier is configured.</summary>
    Committed = 1,

    /// <summary>The last patch's commit id is already there: the result carries the first receipt's version.</summary>
    Repeated = 2,

    /// <summary>A version is not the expected one: see <see cref="ColdCommitResult.Conflict"/>.</summary>
    Conflict = 3,

    /// <summary>The epoch is not the session's, or a lease is live and none was given.</summary>
    Fenced = 4,

    /// <summary>The incarnation is not the living one, or not the next to be created.</summary>
    IncarnationEnded = 5,

    /// <summary>A patch's predecessor is not the session's version: something before it is missing, or its range begins below and ends above.</summary>
    OutOfOrder = 6,

    /// <summary>The session's newest data key is another one: read the keys and seal again.</summary>
    DataKeyChanged = 7,

    /// <summary>The session is below <see cref="ColdCommit.SeenVersion"/>: the store went back in time.</summary>
    WentBack = 8,
}
