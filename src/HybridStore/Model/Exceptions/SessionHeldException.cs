namespace HybridStore;

/// <summary>The session can't be opened: it is held, by another process or already by this one.</summary>
public sealed class SessionHeldException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="holder">Who holds it, as that process names itself.</param>
    /// <param name="until">When its lease runs out unless it is extended; <see langword="null"/> for this process itself.</param>
    public SessionHeldException(AuthSessionId session, string holder, DateTimeOffset? until)
        : base(until is { } time
            ? $"Session {session} is held by {holder}, at least until {time:O} unless it is given back."
            : $"Session {session} is open already in this process. Close the other handle, or share it.")
    {
        Session = session;
        Holder = holder;
        Until = until;
    }

    /// <summary>Who holds it.</summary>
    public string Holder { get; }

    /// <summary>When its lease runs out unless it is extended; <see langword="null"/> for this process itself.</summary>
    public DateTimeOffset? Until { get; }

    /// <summary>Another process may give the session back, or end.</summary>
    public override bool IsTransient => Until is not null;
}
