using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>The records, in the writer's transaction.</summary>
internal sealed class RecordTable(SqliteDb db)
{
    private readonly SqliteStatement _set = db.Prepare(
        "INSERT INTO record (session, type, id, version, envelope) VALUES (?1, ?2, ?3, ?4, ?5) "
        + "ON CONFLICT (session, type, id) DO UPDATE SET version = excluded.version, envelope = excluded.envelope");

    private readonly SqliteStatement _insert = db.Prepare("INSERT INTO record (session, type, id, version, envelope) VALUES (?1, ?2, ?3, ?4, ?5)");
    private readonly SqliteStatement _delete = db.Prepare("DELETE FROM record WHERE session = ?1 AND type = ?2 AND id = ?3");
    private readonly SqliteStatement _version = db.Prepare("SELECT version FROM record WHERE session = ?1 AND type = ?2 AND id = ?3");

    private readonly SqliteStatement _replace = db.Prepare("UPDATE record SET envelope = ?5 WHERE session = ?1 AND type = ?2 AND id = ?3 AND version = ?4");

    /// <summary>Replaces a record's envelope, if it is still of that version.</summary>
    public bool Replace(long session, SealedRecord record)
    {
        _replace.Bind(1, session).Bind(2, record.Key.Type).Bind(3, record.Key.Id).Bind(4, record.Version).Bind(5, record.Envelope.Span).Run();
        return db.Changes > 0;
    }

    /// <summary>The version of a record; 0: it does not exist.</summary>
    public long FindVersion(long session, AuthKey key)
    {
        using (_version.Rows())
            return _version.Bind(1, session).Bind(2, key.Type).Bind(3, key.Id).Step() ? _version.Int64(0) : 0;
    }

    public void Apply(long session, SealedChange change, long version)
    {
        if (change.Envelope is { } envelope)
            _set.Bind(1, session).Bind(2, change.Key.Type).Bind(3, change.Key.Id).Bind(4, version).Bind(5, envelope.Span).Run();
        else
            _delete.Bind(1, session).Bind(2, change.Key.Type).Bind(3, change.Key.Id).Run();
    }

    /// <summary>Adds a record that must not exist; a constraint fails if it does.</summary>
    public void Insert(long session, AuthKey key, long version, ReadOnlySpan<byte> envelope) =>
        _insert.Bind(1, session).Bind(2, key.Type).Bind(3, key.Id).Bind(4, version).Bind(5, envelope).Run();
}
