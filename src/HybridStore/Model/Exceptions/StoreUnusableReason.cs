namespace HybridStore;

/// <summary>Why a tier can't be used until somebody mends it.</summary>
public enum StoreUnusableReason
{
    /// <summary>What is there is not a database of this library: another kind of file, or another program's database.</summary>
    NotOurs = 1,

    /// <summary>It can't be written: file permissions, a read-only medium or missing rights.</summary>
    ReadOnly = 2,

    /// <summary>There is no room left.</summary>
    Full = 3,

    /// <summary>It is damaged.</summary>
    Damaged = 4,

    /// <summary>Its schema is from a newer version of the library.</summary>
    NewerSchema = 5,

    /// <summary>It can't be reached under the name that was configured: a folder that doesn't exist, a path that is a folder.</summary>
    NotFound = 6,

    /// <summary>Something it needs on this machine is missing.</summary>
    MissingDependency = 7,

    /// <summary>Its settings may lose what it has acknowledged, and the options say that such a server is refused.</summary>
    Unsafe = 8,

    /// <summary>It keeps no former versions of records, and the options ask for them.</summary>
    NoHistory = 9,
}
