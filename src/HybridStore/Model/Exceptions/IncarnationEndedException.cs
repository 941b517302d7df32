namespace HybridStore;

/// <summary>The session was deleted after the caller knew it: what was meant for its former life is refused, and does not bring it back.</summary>
public sealed class IncarnationEndedException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="incarnation">The life that ended.</param>
    public IncarnationEndedException(AuthSessionId session, long incarnation)
        : base($"Incarnation {incarnation} of session {session} has ended: the session was deleted. Nothing was changed.")
    {
        Session = session;
        Incarnation = incarnation;
    }

    /// <summary>The life that ended.</summary>
    public long Incarnation { get; }
}
