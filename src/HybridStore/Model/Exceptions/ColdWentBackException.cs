namespace HybridStore;

/// <summary>The cold tier is behind what this process has seen of the session: it was restored from a backup, or a lagging standby was promoted.</summary>
/// <remarks>Nothing is answered from it: a Signal key that is used twice breaks the conversation. An operator has to decide.</remarks>
public sealed class ColdWentBackException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="seenVersion">The highest version that this process has seen.</param>
    /// <param name="coldVersion">The version that cold has now.</param>
    public ColdWentBackException(AuthSessionId session, long seenVersion, long coldVersion)
        : base(
            $"The cold tier has session {session} at version {coldVersion}, but version {seenVersion} was seen before: "
            + "it went back in time (a restored backup, a promoted standby). Nothing is read from it or written to it until this is resolved.")
    {
        Session = session;
        SeenVersion = seenVersion;
        ColdVersion = coldVersion;
    }

    /// <summary>The highest version that this process has seen.</summary>
    public long SeenVersion { get; }

    /// <summary>The version that cold has now.</summary>
    public long ColdVersion { get; }
}
