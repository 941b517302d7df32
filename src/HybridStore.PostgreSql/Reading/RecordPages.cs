using System.Runtime.CompilerServices;
using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Reading;

/// <summary>A session's records in pages, each from one snapshot. Nothing stays open between pages: a slow consumer keeps nobody from tidying up.</summary>
internal sealed class RecordPages(PostgreSqlDatabase database, AuthSessionId session, string? type)
{
    private const int MaxRecords = 256;
    private const int MaxBytes = 1024 * 1024;

    private readonly List<SealedRecord> _page = new(MaxRecords);
    private string _afterType = type ?? "";
    private string _afterId = "";
    private bool _isLast;

    public async IAsyncEnumerable<SealedRecord> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long incarnation = 0;
        while (!_isLast)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = await database.ReadAsync("enumerate", ReadAsync, cancellationToken).ConfigureAwait(false);
            if (incarnation != 0 && found != incarnation)
                throw new IncarnationEndedException(session, incarnation);
            incarnation = found;
            foreach (var record in _page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (_afterType, _afterId) = (record.Key.Type, record.Key.Id);
                yield return record;
            }
        }
    }

    // The session's incarnation, or 0 if it does not exist.
    private async Task<long> ReadAsync(NpgsqlConnection connection, CancellationToken deadline)
    {
        _page.Clear();
        var statement = Statement.Of(connection, database.Sql[type is null ? "page" : "page-of-type"])
            .Text(session.Tenant).Text(session.Session).Text(_afterType).Text(_afterId).Int(MaxRecords).Int(MaxBytes);
        long incarnation = 0, bytes = 0;
        await statement.EachAsync(
            row =>
            {
                incarnation = row.GetInt64(0);
                if (row.IsDBNull(1))
                    return;
                _page.Add(new SealedRecord(new AuthKey(row.GetString(1), row.GetString(2)), row.GetInt64(3), row.GetFieldValue<byte[]>(4)));
                bytes += _page[^1].Envelope.Length;
            },
            deadline).ConfigureAwait(false);
        _isLast = _page.Count < MaxRecords && bytes < MaxBytes;
        return incarnation;
    }
}
