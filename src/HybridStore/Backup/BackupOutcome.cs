namespace HybridStore;

/// <summary>Whether a session is in a backup.</summary>
public enum BackupOutcome
{
    /// <summary>It is, as it was at one version.</summary>
    Written = 1,

    /// <summary>It is not: commits wait in the hot tier that could not be drained, or hot can't be asked.</summary>
    Ahead = 2,

    /// <summary>It is not: it changed each time while it was read.</summary>
    Busy = 3,
}
