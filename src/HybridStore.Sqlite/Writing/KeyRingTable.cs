using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Writing;

/// <summary>The ring of master keys, in the writer's transaction.</summary>
internal sealed class KeyRingTable(SqliteDb db)
{
    private readonly SqliteStatement _insert = db.Prepare("INSERT INTO key_ring (id, version, content) VALUES (1, 1, ?1) ON CONFLICT (id) DO NOTHING");
    private readonly SqliteStatement _update = db.Prepare("UPDATE key_ring SET version = version + 1, content = ?1 WHERE version = ?2");

    /// <summary>Writes it, if it is of that version.</summary>
    public bool Write(long expectedVersion, ReadOnlySpan<byte> content)
    {
        if (expectedVersion == 0)
            _insert.Bind(1, content).Run();
        else
            _update.Bind(1, content).Bind(2, expectedVersion).Run();
        return db.Changes > 0;
    }
}
