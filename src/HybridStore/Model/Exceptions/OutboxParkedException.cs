namespace HybridStore;

/// <summary>Cold refuses a queued commit of the session for good, so that the session takes no others until a person has looked (protocol rule 10). Nothing was changed.</summary>
/// <remarks>Reads go on. <c>hybridstore outbox show</c> tells what it is; <c>retry</c> and <c>discard</c> are the ways out.</remarks>
public sealed class OutboxParkedException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="version">The version that the refused commit made.</param>
    /// <param name="reason">Why cold refused it.</param>
    public OutboxParkedException(AuthSessionId session, long version, string reason)
        : base($"Session {session} takes no commits: cold refuses the queued commit that made version {version} ({reason}). Retry or discard it. Nothing was changed.")
    {
        Session = session;
        Version = version;
    }

    /// <summary>The version that the refused commit made.</summary>
    public long Version { get; }
}
