using HybridStore.Codec;
using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Writing;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Reading;

/// <summary>One connection for reading, with its statements. Every method answers from one snapshot.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteDb _db;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement _headAndRecord;
    private readonly SqliteStatement _record;
    private readonly SqliteStatement _tombstone;
    private readonly SqliteStatement _dataKeys;
    private readonly SqliteStatement _commits;
    private readonly SqliteStatement _summary;
    private readonly SqliteStatement _recordPage;
    private readonly SqliteStatement _typePage;
    private readonly SqliteStatement _sessionPage;
    private readonly SqliteStatement _tenantPage;
    private readonly SqliteStatement _aheadPage;
    private readonly SqliteStatement _unheldAheadPage;
    private readonly SqliteStatement _keyRing;
    private HistoryReader? _history;

    public SqliteReader(SqliteDb db)
    {
        _db = db;
        try
        {
            const string Head = $"SELECT {SessionHeadRow.Columns} FROM session s WHERE s.tenant = ?1 AND s.name = ?2";
            const string Sessions = $"SELECT {SessionHeadRow.Columns}, s.tenant, s.name FROM session s";
            _begin = db.Prepare("BEGIN");
            _end = db.Prepare("COMMIT");
            _head = db.Prepare(Head);
            _headAndRecord = db.Prepare(
                $"SELECT {SessionHeadRow.Columns}, r.version, r.envelope FROM session s "
                + "LEFT JOIN record r ON r.session = s.id AND r.type = ?3 AND r.id = ?4 WHERE s.tenant = ?1 AND s.name = ?2");
            _record = db.Prepare("SELECT version, envelope FROM record WHERE session = ?1 AND type = ?2 AND id = ?3");
            _tombstone = db.Prepare("SELECT incarnation FROM tombstone WHERE name_hash = ?1");
            _dataKeys = db.Prepare("SELECT key_id, wrapped FROM data_key WHERE session = ?1 ORDER BY seq DESC");
            _commits = db.Prepare("SELECT commits FROM session WHERE id = ?1");
            _keyRing = db.Prepare("SELECT version, content FROM key_ring");
            _summary = db.Prepare("SELECT type, count(*), sum(length(envelope)) FROM record WHERE session = ?1 GROUP BY type ORDER BY type");
            _recordPage = db.Prepare(
                "SELECT type, id, version, envelope FROM record WHERE session = ?1 AND (type, id) > (?2, ?3) ORDER BY type, id LIMIT ?4");
            _typePage = db.Prepare("SELECT type, id, version, envelope FROM record WHERE session = ?1 AND type = ?2 AND id > ?3 ORDER BY id LIMIT ?4");
            _sessionPage = db.Prepare($"{Sessions} WHERE (s.tenant, s.name) > (?1, ?2) AND s.version > 0 ORDER BY s.tenant, s.name LIMIT ?3");
            _tenantPage = db.Prepare($"{Sessions} WHERE s.tenant = ?1 AND s.name > ?2 AND s.version > 0 ORDER BY s.name LIMIT ?3");
            _aheadPage = db.Prepare($"{Sessions} WHERE (s.tenant, s.name) > (?1, ?2) AND s.ahead_epoch <> 0 ORDER BY s.tenant, s.name LIMIT ?3");
            _unheldAheadPage = db.Prepare(
                $"{Sessions} WHERE (s.tenant, s.name) > (?1, ?2) AND s.ahead_epoch <> 0 AND (s.lease_holder IS NULL OR s.lease_until <= ?4) "
                + "ORDER BY s.tenant, s.name LIMIT ?3");
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>The former versions of records.</summary>
    public HistoryReader History => _history ??= new HistoryReader(_db);

    public ColdRead Read(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys)
    {
        if (keys.Count == 1 && !withDataKeys && TryReadOne(session, keys[0]) is { } read)
            return read;

        using var snapshot = Snapshot();
        var records = keys.Count == 0 ? [] : new SealedRecord[keys.Count];
        if (FindHead(session) is not var (id, head, lastEnded))
            return new ColdRead { LastEndedIncarnation = FindTombstone(session), Records = AllAbsent(keys, records) };
        if (head is null)
            return new ColdRead { LastEndedIncarnation = lastEnded, Records = AllAbsent(keys, records) };

        for (int i = 0; i < records.Length; i++)
            records[i] = ReadRecord(id, keys[i]);
        return new ColdRead
        {
            Head = head,
            LastEndedIncarnation = lastEnded,
            Records = records,
            DataKeys = withDataKeys ? ReadDataKeys(id) : [],
            Commits = withDataKeys ? ReadCommits(id, head.Version) : [],
        };
    }

    public ColdKeyRing ReadKeyRing()
    {
        using (_keyRing.Rows())
            return _keyRing.Step() ? new ColdKeyRing(_keyRing.Int64(0), _keyRing.Bytes(1).ToArray()) : default;
    }

    public (SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)? Summarize(AuthSessionId session)
    {
        using var snapshot = Snapshot();
        if (FindHead(session) is not var (id, head, _) || head is null)
            return null;

        var types = new List<AuthTypeSummary>();
        using (_summary.Rows())
        {
            _summary.Bind(1, id);
            while (_summary.Step())
                types.Add(new AuthTypeSummary(_summary.Text(0), _summary.Int64(1), _summary.Int64(2)));
        }

        return (head, types);
    }

    /// <summary>Fills the next page of a session's records.</summary>
    /// <returns>The session's incarnation, or 0 if it does not exist; the page is then empty.</returns>
    public long ReadPage(AuthSessionId session, string? type, RecordPage page)
    {
        using var snapshot = Snapshot();
        if (FindHead(session) is not var (id, head, _) || head is null)
            return 0;

        var select = type is null ? _recordPage : _typePage;
        using (select.Rows())
        {
            select.Bind(1, id).Bind(2, page.AfterType).Bind(3, page.AfterId).Bind(4, RecordPage.MaxRecords);
            while (page.HasRoom && select.Step())
                page.Add(select.Bytes(0), select.Text(1), select.Int64(2), select.Bytes(3).ToArray());
        }

        return head.Incarnation;
    }

    public void ReadSessions(string? tenant, SessionPage page)
    {
        var select = tenant is null ? _sessionPage : _tenantPage;
        ReadSessions(select, page);
    }

    /// <summary>Fills the next page of the sessions that carry an ahead mark.</summary>
    /// <param name="unheldAt">Only those that nobody holds at this time, in the file's milliseconds; <see langword="null"/>: all.</param>
    /// <param name="page">The page.</param>
    public void ReadAhead(long? unheldAt, SessionPage page)
    {
        if (unheldAt is { } now)
            ReadSessions(_unheldAheadPage.Bind(4, now), page);
        else
            ReadSessions(_aheadPage, page);
    }

    public void Dispose() => _db.Dispose();

    private static void ReadSessions(SqliteStatement select, SessionPage page)
    {
        using (select.Rows())
        {
            select.Bind(1, page.AfterTenant).Bind(2, page.AfterSession).Bind(3, SessionPage.MaxSessions);
            while (select.Step())
            {
                var id = new AuthSessionId(select.Text(SessionHeadRow.Count), select.Text(SessionHeadRow.Count + 1));
                page.Add(new ColdSession(id, SessionHeadRow.Head(select)));
            }
        }
    }

    private static SealedRecord[] AllAbsent(IReadOnlyList<AuthKey> keys, SealedRecord[] records)
    {
        for (int i = 0; i < records.Length; i++)
            records[i] = SealedRecord.Absent(keys[i]);
        return records;
    }

    // The bot's own case: one statement is its own snapshot. Null: there is no row, and the tombstone must come from the same snapshot.
    private ColdRead? TryReadOne(AuthSessionId session, AuthKey key)
    {
        using (_headAndRecord.Rows())
        {
            _headAndRecord.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, key.Type).Bind(4, key.Id);
            if (!_headAndRecord.Step())
                return null;

            bool exists = SessionHeadRow.Exists(_headAndRecord);
            return new ColdRead
            {
                Head = exists ? SessionHeadRow.Head(_headAndRecord) : null,
                LastEndedIncarnation = SessionHeadRow.LastEndedIncarnation(_headAndRecord),
                Records =
                [
                    exists && !_headAndRecord.IsNull(SessionHeadRow.Count)
                        ? new SealedRecord(key, _headAndRecord.Int64(SessionHeadRow.Count), _headAndRecord.Bytes(SessionHeadRow.Count + 1).ToArray())
                        : SealedRecord.Absent(key),
                ],
            };
        }
    }

    private (long Id, SessionHead? Head, long LastEnded)? FindHead(AuthSessionId session)
    {
        using (_head.Rows())
        {
            _head.Bind(1, session.Tenant).Bind(2, session.Session);
            return _head.Step()
                ? (SessionHeadRow.Id(_head), SessionHeadRow.Exists(_head) ? SessionHeadRow.Head(_head) : null, SessionHeadRow.LastEndedIncarnation(_head))
                : null;
        }
    }

    private long FindTombstone(AuthSessionId session)
    {
        Span<byte> hash = stackalloc byte[SessionNameHash.Size];
        SessionNameHash.Compute(session, hash);
        using (_tombstone.Rows())
        {
            _tombstone.Bind(1, hash);
            return _tombstone.Step() ? _tombstone.Int64(0) : 0;
        }
    }

    private SealedRecord ReadRecord(long session, AuthKey key)
    {
        using (_record.Rows())
        {
            _record.Bind(1, session).Bind(2, key.Type).Bind(3, key.Id);
            return _record.Step() ? new SealedRecord(key, _record.Int64(0), _record.Bytes(1).ToArray()) : SealedRecord.Absent(key);
        }
    }

    private List<WrappedDataKey> ReadDataKeys(long session)
    {
        var keys = new List<WrappedDataKey>(1);
        using (_dataKeys.Rows())
        {
            _dataKeys.Bind(1, session);
            while (_dataKeys.Step())
                keys.Add(new WrappedDataKey(new DataKeyId(unchecked((ulong)_dataKeys.Int64(0))), _dataKeys.Bytes(1).ToArray()));
        }

        return keys;
    }

    private IReadOnlyList<CommitMark> ReadCommits(long session, long version)
    {
        using (_commits.Rows())
            return _commits.Bind(1, session).Step() ? new CommitRing(_commits.Bytes(0).ToArray()).List(version) : [];
    }

    private SnapshotScope Snapshot()
    {
        _begin.Run();
        return new SnapshotScope(this);
    }

    private readonly ref struct SnapshotScope(SqliteReader reader)
    {
        public void Dispose()
        {
            if (reader._db.InTransaction)
                reader._end.Run();
        }
    }
}
