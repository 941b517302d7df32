namespace HybridStore;

/// <summary>Cold does not answer, and as many commits of the session are queued as may be. Nothing was changed.</summary>
/// <remarks>It passes when cold answers again. The bounds are <see cref="OutboxOptions.MaxEntries"/> and <see cref="OutboxOptions.MaxBytes"/>.</remarks>
public sealed class OutboxFullException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="entries">How many commits are queued.</param>
    /// <param name="bytes">How many bytes of envelopes they have.</param>
    /// <param name="innerException">Why cold did not take the commit.</param>
    public OutboxFullException(AuthSessionId session, int entries, long bytes, Exception? innerException = null)
        : base($"Cold does not answer, and the outbox of session {session} is full ({entries} commits, {bytes} bytes). Nothing was changed.", innerException)
    {
        Session = session;
        Entries = entries;
        Bytes = bytes;
    }

    /// <summary>How many commits are queued.</summary>
    public int Entries { get; }

    /// <summary>How many bytes of envelopes they have.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
