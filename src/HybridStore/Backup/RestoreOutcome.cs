namespace HybridStore;

/// <summary>What became of a session in a restore.</summary>
public enum RestoreOutcome
{
    /// <summary>It is there, marked as rolled back.</summary>
    Restored = 1,

    /// <summary>There was one; it has the records of the backup now, in the same life or in its next one, and is marked as rolled back.</summary>
    Replaced = 2,

    /// <summary>It is there, but somebody opened it before it could be marked: whoever did was not told that it went back.</summary>
    Unmarked = 3,

    /// <summary>It was left as it is: a process holds it.</summary>
    Held = 4,
}
