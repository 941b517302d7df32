using HybridStore.Codec;
using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>The wrapped data keys, in the writer's transaction.</summary>
internal sealed class DataKeyTable(SqliteDb db)
{
    private readonly SqliteStatement _insert = db.Prepare("INSERT INTO data_key (session, key_id, wrapped, created_at) VALUES (?1, ?2, ?3, ?4)");
    private readonly SqliteStatement _overwrite = db.Prepare("UPDATE data_key SET wrapped = zeroblob(length(wrapped)) WHERE session = ?1");
    private readonly SqliteStatement _delete = db.Prepare("DELETE FROM data_key WHERE session = ?1");

    private readonly SqliteStatement _rewrap = db.Prepare("UPDATE data_key SET wrapped = ?4 WHERE session = ?1 AND key_id = ?2 AND wrapped = ?3");

    /// <summary>Replaces a wrapped key, if it still is as it was read. One of the same size is written over it.</summary>
    public bool Rewrap(long session, DataKeyRewrap key)
    {
        _rewrap.Bind(1, session).Bind(2, unchecked((long)key.Id.Value)).Bind(3, key.Before.Span).Bind(4, key.After.Span).Run();
        return db.Changes > 0;
    }

    public void Insert(long session, WrappedDataKey key, long now) =>
        _insert.Bind(1, session).Bind(2, unchecked((long)key.Id.Value)).Bind(3, key.Bytes.Span).Bind(4, now).Run();

    /// <summary>Removes a session's keys so that the database's pages do not hold their bytes any more.</summary>
    public void Destroy(long session)
    {
        // ON, not FAST: a page that becomes free is written with zeros too. Zeros over the bytes first, so that it does not rest on one setting.
        db.Execute("PRAGMA secure_delete = ON");
        try
        {
            _overwrite.Bind(1, session).Run();
            _delete.Bind(1, session).Run();
        }
        finally
        {
            db.Execute("PRAGMA secure_delete = FAST");
        }
    }
}
