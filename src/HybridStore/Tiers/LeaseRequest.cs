namespace HybridStore.Tiers;

/// <summary>Who wants to hold which session, and for how long.</summary>
/// <param name="Session">The session. One that does not exist can be held: its epoch is kept beside its tombstone until the first commit.</param>
/// <param name="Holder">The process, as operators shall read it; unique for each process life.</param>
/// <param name="Duration">How long without a renewal, by the tier's clock.</param>
/// <param name="MayQueue">Whether commits may be queued under it, so that cold may be behind: sets the ahead mark.</param>
public sealed record LeaseRequest(AuthSessionId Session, string Holder, TimeSpan Duration, bool MayQueue)
{
    /// <summary>
    /// The epoch of a lease whose holder is known to be dead: it is taken over before it runs out, if it is still the session's. 0: none.
    /// </summary>
    public long DeadEpoch { get; init; }

    /// <summary>
    /// The epoch of a lease that was found to live on in the hot tier, whose holder only does not reach cold: it is not taken, though it ran out here,
    /// unless it is <see cref="DeadEpoch"/> as well. 0: none.
    /// </summary>
    public long LiveEpoch { get; init; }

    /// <summary>
    /// Whether a session that carries an ahead mark is left alone, because hot can't be asked for what is queued: then no epoch is raised
    /// that would only fence off the one who can still drain it.
    /// </summary>
    public bool RefusesAhead { get; init; }

    /// <summary>
    /// The new epoch is above this one too: the last that another store gave out for the session, which moved here from there. Hot tiers and former holders know it. 0: none.
    /// </summary>
    public long AboveEpoch { get; init; }
}
