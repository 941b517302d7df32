namespace HybridStore;

/// <summary>What became of a session in one place.</summary>
public enum ErasureOutcome
{
    /// <summary>It was looked for after the erasure, and is gone.</summary>
    Erased = 1,

    /// <summary>The place could not be asked. What it has can be opened as long as it has it.</summary>
    NotReached = 2,

    /// <summary>It was found after the erasure: a bot has begun the session anew meanwhile.</summary>
    Found = 3,
}
