namespace HybridStore.Sqlite.Engine;

/// <summary>Where tests make SQLite fail as a disk would.</summary>
internal sealed class SqliteTestHooks
{
    /// <summary>The writer's connection was opened.</summary>
    public Action<SqliteDb>? WriterOpened { get; set; }

    /// <summary>The writer is about to commit; an exception stands for one that COMMIT gives.</summary>
    public Action? Committing { get; set; }
}
