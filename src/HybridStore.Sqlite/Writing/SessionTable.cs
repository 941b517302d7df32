using HybridStore.Codec;
using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>The sessions' rows and tombstones, in the writer's transaction.</summary>
internal sealed class SessionTable(SqliteDb db)
{
    private const string Columns =
        "id, incarnation, version, epoch, ahead_epoch, data_key, loading, lease_until, created_at, updated_at, lease_holder, commits, rolled_back_at";

    private readonly SqliteStatement _find = db.Prepare($"SELECT {Columns} FROM session WHERE tenant = ?1 AND name = ?2");
    private readonly SqliteStatement _insert = db.Prepare(
        "INSERT INTO session (tenant, name, incarnation, version, epoch, ahead_epoch, data_key, loading, lease_until, created_at, updated_at, lease_holder, commits, rolled_back_at) "
        + "VALUES (?14, ?15, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly SqliteStatement _update = db.Prepare(
        "UPDATE session SET incarnation = ?2, version = ?3, epoch = ?4, ahead_epoch = ?5, data_key = ?6, loading = ?7, lease_until = ?8, "
        + "created_at = ?9, updated_at = ?10, lease_holder = ?11, commits = ?12, rolled_back_at = ?13 WHERE id = ?1");

    private readonly SqliteStatement _advance = db.Prepare("UPDATE session SET version = ?2, updated_at = ?3, commits = ?4 WHERE id = ?1");
    private readonly SqliteStatement _delete = db.Prepare("DELETE FROM session WHERE id = ?1");
    private readonly SqliteStatement _renew = db.Prepare(
        "UPDATE session SET lease_until = ?4 WHERE tenant = ?1 AND name = ?2 AND epoch = ?3 AND lease_holder IS NOT NULL");

    private readonly SqliteStatement _touch = db.Prepare("UPDATE session SET updated_at = ?2 WHERE id = ?1 AND loading <> 0");
    private readonly SqliteStatement _findStale = db.Prepare("SELECT tenant, name FROM session WHERE loading <> 0 AND updated_at < ?1 LIMIT 1");
    private readonly SqliteStatement _findTombstone = db.Prepare("SELECT incarnation, last_version, epoch FROM tombstone WHERE name_hash = ?1");
    private readonly SqliteStatement _setTombstone = db.Prepare(
        "INSERT INTO tombstone (name_hash, incarnation, last_version, epoch) VALUES (?1, ?2, ?3, ?4) "
        + "ON CONFLICT (name_hash) DO UPDATE SET incarnation = excluded.incarnation, last_version = excluded.last_version, epoch = excluded.epoch");

    /// <summary>The rows that need not be read again.</summary>
    public RecentSessions Recent { get; } = new();

    /// <summary>The session's row, in the caller's hands alone, or <see langword="null"/>.</summary>
    public SessionRow? Find(AuthSessionId session)
    {
        if (Recent.Take(session) is { } recent)
            return recent;
        using (_find.Rows())
        {
            if (!_find.Bind(1, session.Tenant).Bind(2, session.Session).Step())
                return null;
            var row = new SessionRow
            {
                Id = _find.Int64(0),
                Incarnation = _find.Int64(1),
                Version = _find.Int64(2),
                Epoch = _find.Int64(3),
                AheadEpoch = _find.Int64(4),
                DataKey = new DataKeyId(unchecked((ulong)_find.Int64(5))),
                Loading = _find.Int64(6) != 0,
                LeaseUntil = _find.Int64(7),
                CreatedAt = _find.Int64(8),
                UpdatedAt = _find.Int64(9),
                LeaseHolder = _find.IsNull(10) ? null : _find.Text(10),
                RolledBackAt = _find.Int64(12),
            };
            _find.Bytes(11).CopyTo(row.Commits);
            return row;
        }
    }

    /// <summary>The session's row, or one that is not in the table yet and continues what its tombstone says.</summary>
    public SessionRow FindOrMake(AuthSessionId session)
    {
        if (Find(session) is { } row)
            return row;
        var tombstone = FindTombstone(session);
        return new SessionRow { Incarnation = tombstone.Incarnation, Epoch = tombstone.Epoch };
    }

    public void Save(AuthSessionId session, SessionRow row)
    {
        bool isNew = row.Id == 0;
        var save = isNew ? _insert : _update;
        using (save.Rows())
        {
            if (isNew)
                save.Bind(14, session.Tenant).Bind(15, session.Session);
            else
                save.Bind(1, row.Id);
            save.Bind(2, row.Incarnation).Bind(3, row.Version).Bind(4, row.Epoch).Bind(5, row.AheadEpoch)
                .Bind(6, unchecked((long)row.DataKey.Value)).Bind(7, row.Loading ? 1 : 0).Bind(8, row.LeaseUntil)
                .Bind(9, row.CreatedAt).Bind(10, row.UpdatedAt).Bind(11, row.LeaseHolder).Bind(12, row.Commits)
                .Bind(13, row.RolledBackAt);
            _ = save.Step();
        }

        if (isNew)
            row.Id = db.LastInsertId;
    }

    /// <summary>Saves what every commit changes, and nothing else: a third of the columns, in the path that most calls take.</summary>
    public void Advance(AuthSessionId session, SessionRow row)
    {
        _advance.Bind(1, row.Id).Bind(2, row.Version).Bind(3, row.UpdatedAt).Bind(4, row.Commits).Run();
        Recent.Put(session, row);
    }

    public void Delete(long id) => _delete.Bind(1, id).Run();

    /// <summary>Extends a lease that was neither taken over nor released.</summary>
    public bool Renew(LeaseRef lease, long until)
    {
        _ = Recent.Take(lease.Session);
        _renew.Bind(1, lease.Session.Tenant).Bind(2, lease.Session.Session).Bind(3, lease.Epoch).Bind(4, until).Run();
        return db.Changes > 0;
    }

    /// <summary>Notes that an import is alive.</summary>
    /// <returns>Whether its row is still there.</returns>
    public bool TouchLoading(long id, long now)
    {
        _touch.Bind(1, id).Bind(2, now).Run();
        return db.Changes > 0;
    }

    /// <summary>A session that an import began to load and left, or <see langword="null"/>.</summary>
    public AuthSessionId? FindStaleImport(long before)
    {
        using (_findStale.Rows())
            return _findStale.Bind(1, before).Step() ? new AuthSessionId(_findStale.Text(0), _findStale.Text(1)) : null;
    }

    public Tombstone FindTombstone(AuthSessionId session)
    {
        Span<byte> hash = stackalloc byte[SessionNameHash.Size];
        SessionNameHash.Compute(session, hash);
        using (_findTombstone.Rows())
        {
            return _findTombstone.Bind(1, hash).Step()
                ? new Tombstone(_findTombstone.Int64(0), _findTombstone.Int64(1), _findTombstone.Int64(2))
                : default;
        }
    }

    public void SetTombstone(AuthSessionId session, Tombstone tombstone)
    {
        Span<byte> hash = stackalloc byte[SessionNameHash.Size];
        SessionNameHash.Compute(session, hash);
        _setTombstone.Bind(1, hash).Bind(2, tombstone.Incarnation).Bind(3, tombstone.LastVersion).Bind(4, tombstone.Epoch).Run();
    }
}
