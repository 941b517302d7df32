namespace HybridStore.Coordination;

/// <summary>Whether hot may answer a read by itself, and if not, why.</summary>
internal enum HotTrust
{
    /// <summary>Hot answers.</summary>
    Believed = 1,

    /// <summary>Hot knows nothing of the session.</summary>
    NoMeta = 2,

    /// <summary>Hot was restarted or failed over since its records were verified.</summary>
    OtherRun = 3,

    /// <summary>The time is over for which the records may be believed without asking cold.</summary>
    Expired = 4,

    /// <summary>Hot is behind what this process has seen.</summary>
    Behind = 5,

    /// <summary>Hot is right, but lacks a record that was asked for.</summary>
    Incomplete = 6,

    /// <summary>Hot is beyond what the holder of the lease knows, though nobody else may write: it is of a commit that is still under way, or of somebody else's.</summary>
    Ahead = 7,
}
