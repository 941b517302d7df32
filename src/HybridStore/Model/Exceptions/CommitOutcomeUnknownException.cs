namespace HybridStore;

/// <summary>The tier failed while it committed: the patch may be kept or not. Commit the same patch again to know; a repeat is harmless.</summary>
/// <remarks>Until then, the store repeats it by itself before it takes another commit of the session.</remarks>
public sealed class CommitOutcomeUnknownException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="commitId">The commit whose outcome is unknown.</param>
    /// <param name="innerException">How the tier failed.</param>
    public CommitOutcomeUnknownException(AuthSessionId session, CommitId commitId, Exception? innerException = null)
        : base($"Whether commit {commitId} of session {session} was kept is unknown. Commit the same patch again: a repeat is harmless.", innerException)
    {
        Session = session;
        CommitId = commitId;
    }

    /// <summary>The commit whose outcome is unknown.</summary>
    public CommitId CommitId { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
