namespace HybridStore;

/// <summary>What becomes of an action that can't be recorded.</summary>
public enum AuditFailurePolicy
{
    /// <summary>It is refused before anything is done, with an <see cref="AuditTrailException"/>.</summary>
    Refuse,

    /// <summary>It is done all the same, and the log says that it was not recorded.</summary>
    Log,
}
