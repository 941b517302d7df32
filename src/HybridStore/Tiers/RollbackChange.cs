namespace HybridStore.Tiers;

/// <summary>What a commit does to a session's rollback mark.</summary>
public enum RollbackChange
{
    /// <summary>It stays as it is.</summary>
    Keep = 0,

    /// <summary>It is set to the version right before the commit, unless one is set already: queued commits after it were lost, or may have been.</summary>
    Set = 1,

    /// <summary>It is cleared: whoever uses the session knows.</summary>
    Clear = 2,
}
