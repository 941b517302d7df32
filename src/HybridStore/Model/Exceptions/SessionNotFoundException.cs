namespace HybridStore;

/// <summary>An operation needs a session that authoritatively does not exist.</summary>
public sealed class SessionNotFoundException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    public SessionNotFoundException(AuthSessionId session)
        : base($"Session {session} does not exist.") => Session = session;
}
