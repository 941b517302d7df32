namespace HybridStore;

/// <summary>The base of everything that a store throws, besides misuse (<see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>) and cancellation.</summary>
/// <remarks>Messages name the culprit (a session, a record, a tier, a file) and never a value, a key or a password.</remarks>
public abstract class AuthStoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, by name and without any value.</param>
    /// <param name="innerException">What it came from.</param>
    protected AuthStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public virtual bool IsTransient => false;

    /// <summary>The session concerned, if one is.</summary>
    public AuthSessionId? Session { get; init; }
}
