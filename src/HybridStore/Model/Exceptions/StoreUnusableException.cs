namespace HybridStore;

/// <summary>A tier answers, but can't be used as it is until somebody mends it: not a database, read-only, full, damaged, or from a newer version.</summary>
public sealed class StoreUnusableException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="tier">The tier's name, such as <c>sqlite</c>.</param>
    /// <param name="reason">What is in the way.</param>
    /// <param name="message">The same for people, with what to do.</param>
    /// <param name="innerException">The driver's error.</param>
    public StoreUnusableException(string tier, StoreUnusableReason reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Tier = tier;
        Reason = reason;
    }

    /// <summary>The tier's name.</summary>
    public string Tier { get; }

    /// <summary>What is in the way.</summary>
    public StoreUnusableReason Reason { get; }
}
