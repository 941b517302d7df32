namespace HybridStore;

/// <summary>A master key is missing, malformed, revoked, or not the one that a session was encrypted under, or the ring of master keys can't be used. The key itself is never shown.</summary>
public sealed class MasterKeyException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What is wrong with the key.</param>
    /// <param name="message">The same for people, with what to do.</param>
    /// <param name="innerException">What it came from.</param>
    public MasterKeyException(MasterKeyFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>What is wrong with the key.</summary>
    public MasterKeyFault Fault { get; }
}
