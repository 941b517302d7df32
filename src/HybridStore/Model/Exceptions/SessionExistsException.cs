namespace HybridStore;

/// <summary>A session was to be created whole, but it exists. Nothing was changed.</summary>
public sealed class SessionExistsException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="version">The version it has.</param>
    public SessionExistsException(AuthSessionId session, long version)
        : base($"Session {session} exists, at version {version}. Nothing was changed. Delete it first, or take another name.")
    {
        Session = session;
        Version = version;
    }

    /// <summary>The version it has.</summary>
    public long Version { get; }
}
