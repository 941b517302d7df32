using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Reading;

/// <summary>The statements that read history, on a connection for reading. Each is its own snapshot, and gives nothing where history does not reach up to now.</summary>
internal sealed class HistoryReader(SqliteDb db)
{
    private const int MaxRows = 256;
    private const string History = "FROM session s JOIN history h ON h.session = s.id AND h.through = s.version ";
    private const string OfSession = "WHERE s.tenant = ?1 AND s.name = ?2 AND s.version > 0 ";

    private readonly SqliteStatement _versions = db.Prepare(
        $"SELECT v.version, v.at, v.changes, v.bytes {History}JOIN history_version v ON v.session = s.id AND v.version >= h.oldest AND v.version < ?3 "
        + OfSession + "ORDER BY v.version DESC LIMIT ?4");

    private readonly SqliteStatement _ofRecord = db.Prepare(
        $"SELECT r.version, r.replaced_by, v.at, length(r.envelope) {History}"
        + "JOIN history_record r ON r.session = s.id AND r.type = ?3 AND r.id = ?4 AND r.replaced_by > h.oldest AND r.replaced_by < ?5 "
        + "JOIN history_version v ON v.session = s.id AND v.version = r.replaced_by "
        + OfSession + "ORDER BY r.replaced_by DESC LIMIT ?6");

    private readonly SqliteStatement _replaced = db.Prepare(
        $"SELECT r.type, r.id, r.version, r.envelope {History}"
        + "JOIN history_record r ON r.session = s.id AND r.version <= ?3 AND r.replaced_by > ?3 AND (r.type, r.id) > (?4, ?5) "
        + OfSession + "AND h.oldest <= ?3 ORDER BY r.type, r.id LIMIT ?6");

    /// <summary>The next versions below one, newest first; fewer than asked for: there are no more.</summary>
    public List<AuthHistoryVersion> Versions(AuthSessionId session, long below)
    {
        var page = new List<AuthHistoryVersion>();
        using (_versions.Rows())
        {
            _versions.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, below).Bind(4, MaxRows);
            while (_versions.Step())
                page.Add(new AuthHistoryVersion(_versions.Int64(0), UnixTime.ToDateTimeOffset(_versions.Int64(1)), (int)_versions.Int64(2), _versions.Int64(3)));
        }

        return page;
    }

    /// <summary>The next former versions of a record that were replaced below a version, newest first.</summary>
    public List<AuthRecordVersion> Versions(AuthSessionId session, AuthKey key, long below)
    {
        var page = new List<AuthRecordVersion>();
        using (_ofRecord.Rows())
        {
            _ofRecord.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, key.Type).Bind(4, key.Id).Bind(5, below).Bind(6, MaxRows);
            while (_ofRecord.Step())
                page.Add(new AuthRecordVersion(_ofRecord.Int64(0), _ofRecord.Int64(1), UnixTime.ToDateTimeOffset(_ofRecord.Int64(2)), _ofRecord.Int64(3)));
        }

        return page;
    }

    /// <summary>Fills the next page of the records that were there at a version and were replaced since.</summary>
    public bool Replaced(AuthSessionId session, long version, RecordPage page)
    {
        using (_replaced.Rows())
        {
            _replaced.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, version).Bind(4, page.AfterType).Bind(5, page.AfterId).Bind(6, RecordPage.MaxRecords);
            while (page.HasRoom && _replaced.Step())
                page.Add(_replaced.Bytes(0), _replaced.Text(1), _replaced.Int64(2), _replaced.Bytes(3).ToArray());
        }

        return true;
    }
}
