namespace HybridStore;

/// <summary>The master key is missing, malformed or not the one that a session was encrypted under. The key itself is never shown.</summary>
public sealed class MasterKeyException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What is wrong with the key.</param>
    /// <param name="message">The same for people, with what to do.</param>
    public MasterKeyException(MasterKeyFault fault, string message)
        : base(message) => Fault = fault;

    /// <summary>What is wrong with the key.</summary>
    public MasterKeyFault Fault { get; }
}
