namespace HybridStore;

/// <summary>Something could not be recorded in the audit trail, and was therefore not done.</summary>
public sealed class AuditTrailException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, by name and without any value.</param>
    /// <param name="innerException">What it came from.</param>
    public AuditTrailException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>What was not done; <see langword="null"/>: the trail itself says so, whatever was to be recorded.</summary>
    public AuditKind? Kind { get; init; }

    /// <summary>The file of the trail, if it is one.</summary>
    public string? Path { get; init; }
}
