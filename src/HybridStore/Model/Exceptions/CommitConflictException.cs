namespace HybridStore;

/// <summary>A record or the session does not have the version that the patch expects. Nothing was changed: read again and decide anew.</summary>
public sealed class CommitConflictException : AuthStoreException
{
    /// <summary>Creates the exception for a record's version.</summary>
    /// <param name="session">The session.</param>
    /// <param name="key">The record, or <see langword="null"/> when it is the session's own version.</param>
    /// <param name="expectedVersion">The version that the patch expects; 0: absent.</param>
    /// <param name="actualVersion">The version that it has; 0: absent.</param>
    public CommitConflictException(AuthSessionId session, AuthKey? key, long expectedVersion, long actualVersion)
        : base(
            $"{(key is { } k ? $"The record {k} of session {session}" : $"The session {session}")} was expected {Describe(expectedVersion)} "
            + $"and is {Describe(actualVersion)}. Nothing was changed.")
    {
        Session = session;
        Key = key;
        ExpectedVersion = expectedVersion;
        ActualVersion = actualVersion;
    }

    /// <summary>The record, or <see langword="null"/> when it is the session's own version.</summary>
    public AuthKey? Key { get; }

    /// <summary>The version that the patch expects; 0: absent.</summary>
    public long ExpectedVersion { get; }

    /// <summary>The version that it has; 0: absent.</summary>
    public long ActualVersion { get; }

    private static string Describe(long version) => version == 0 ? "absent" : $"at version {version}";
}
