namespace HybridStore;

/// <summary>What is known of a session without opening any record.</summary>
/// <param name="Id">Which session.</param>
/// <param name="Incarnation">Which life of it this is, from 1.</param>
/// <param name="Version">Its commit counter: how many commits this life took, as far as is known (<see cref="MayBeAhead"/>).</param>
/// <param name="CreatedAt">When this life began, by the cold tier's clock.</param>
/// <param name="UpdatedAt">When its last commit was, by the cold tier's clock.</param>
public sealed record AuthSessionInfo(AuthSessionId Id, long Incarnation, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>
    /// Whether commits may wait in the hot tier that the cold tier does not have yet, left by a holder that is gone, or by one that lives and has not drained them.
    /// <see cref="Version"/> is then the highest that is known, which may not be the session's; <see cref="UpdatedAt"/>, and what is counted in a summary, are of
    /// what the cold tier has. In a listing, which does not ask the hot tier, it is set of every session that is open under a lease that may queue.
    /// </summary>
    public bool MayBeAhead { get; init; }
}
