namespace HybridStore;

/// <summary>What is wrong with a backup.</summary>
public enum BackupFault
{
    /// <summary>It is not a file of this kind: something else, or keys where a backup was expected.</summary>
    NotABackup = 1,

    /// <summary>It was written by a newer version of the library.</summary>
    NewerFormat = 2,

    /// <summary>It was cut short or changed.</summary>
    Damaged = 3,

    /// <summary>The data keys of a session are neither in the file of keys nor in the store.</summary>
    KeysMissing = 4,

    /// <summary>There is a file already where one was to be written.</summary>
    Exists = 5,

    /// <summary>The file can't be read or written.</summary>
    Inaccessible = 6,
}
