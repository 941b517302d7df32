namespace HybridStore.Migration;

/// <summary>What a migration is doing.</summary>
public enum ColdMigrationPhase
{
    /// <summary>It copies what the target lacks.</summary>
    Copying = 1,

    /// <summary>It compares.</summary>
    Comparing = 2,

    /// <summary>It switches sessions that nobody holds, and waits for the others.</summary>
    Switching = 3,
}
