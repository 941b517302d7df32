namespace HybridStore;

/// <summary>How far an action is when it is recorded.</summary>
public enum AuditOutcome
{
    /// <summary>It is about to begin: recorded before anything is done.</summary>
    Begun,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It failed, or was cut short.</summary>
    Failed,
}
