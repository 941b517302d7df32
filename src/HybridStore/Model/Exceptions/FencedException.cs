namespace HybridStore;

/// <summary>Another process holds the session's lease, or took it over: this commit was refused, and nothing was changed.</summary>
public sealed class FencedException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="epoch">The epoch that the commit carried; 0: none.</param>
    /// <param name="currentEpoch">The session's epoch; 0: not known, since the session does not exist yet.</param>
    public FencedException(AuthSessionId session, long epoch, long currentEpoch)
        : base(
            $"Session {session} is held{(currentEpoch == 0 ? "" : $" under epoch {currentEpoch}")}; "
            + $"a write {(epoch == 0 ? "without a lease" : $"under epoch {epoch}")} was refused. Nothing was changed.")
    {
        Session = session;
        Epoch = epoch;
        CurrentEpoch = currentEpoch;
    }

    /// <summary>The epoch that the commit carried; 0: none.</summary>
    public long Epoch { get; }

    /// <summary>The session's epoch.</summary>
    public long CurrentEpoch { get; }
}
