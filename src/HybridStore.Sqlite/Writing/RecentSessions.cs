namespace HybridStore.Sqlite.Writing;

/// <summary>The rows of sessions that this connection committed to last, so that the next commit need not read them again.</summary>
/// <remarks>
/// Whoever takes a row out has it alone, and puts it back once the table holds the same: a work that is refused or fails leaves nothing here. All of it is
/// forgotten when a transaction is undone, and when another connection has written to the file.
/// </remarks>
internal sealed class RecentSessions
{
    private const int MaxRows = 1024;

    private readonly Dictionary<AuthSessionId, SessionRow> _rows = [];
    private long _dataVersion;

    public SessionRow? Take(AuthSessionId session) => _rows.Remove(session, out var row) ? row : null;

    public void Put(AuthSessionId session, SessionRow row)
    {
        // About 1.3 KiB each. Those in use come back with their next commit.
        if (_rows.Count >= MaxRows)
            _rows.Clear();
        _rows[session] = row;
    }

    public void Clear() => _rows.Clear();

    /// <summary>A transaction that may write has begun, so nobody else writes now.</summary>
    /// <param name="dataVersion">SQLite's <c>data_version</c>, which changes when another connection has committed.</param>
    public void Begin(long dataVersion)
    {
        if (dataVersion == _dataVersion)
            return;
        _dataVersion = dataVersion;
        _rows.Clear();
    }
}
