namespace HybridStore;

/// <summary>A session can't be rolled back to a version: history does not reach back so far, or the session never was at that version. Nothing was changed.</summary>
public sealed class HistoryUnreachableException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="version">The version that was asked for.</param>
    /// <param name="oldest">The oldest version that can be reached; 0: there is no history.</param>
    /// <param name="newest">The newest one.</param>
    public HistoryUnreachableException(AuthSessionId session, long version, long oldest, long newest)
        : base(oldest == 0
            ? $"Session {session} has no history: none is kept, or a commit was made by a process that keeps none. It can't be rolled back to version {version}."
            : $"Session {session} can't be rolled back to version {version}: history has some versions from {oldest} to {newest}, and not this one. List them and choose one.")
    {
        Session = session;
        Version = version;
        Oldest = oldest;
        Newest = newest;
    }

    /// <summary>The version that was asked for.</summary>
    public long Version { get; }

    /// <summary>The oldest version that can be reached; 0: there is no history.</summary>
    public long Oldest { get; }

    /// <summary>The newest one.</summary>
    public long Newest { get; }
}
