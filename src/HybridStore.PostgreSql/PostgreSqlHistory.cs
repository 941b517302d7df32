using System.Runtime.CompilerServices;
using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Reading;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql;

/// <summary>The former versions of records, in pages: nothing stays open between them.</summary>
internal sealed class PostgreSqlHistory(PostgreSqlStore store) : IColdHistory
{
    private const int MaxRows = 256;
    private const int MaxBytes = 1024 * 1024;

    public IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        return PagesAsync(
            "list history",
            (database, connection, below) => Statement.Of(connection, database.Sql["history-versions"]).Text(session.Tenant).Text(session.Session).Long(below).Int(MaxRows),
            static row => new AuthHistoryVersion(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt32(2), row.GetInt64(3)),
            static version => version.Version,
            cancellationToken);
    }

    public IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check([key]);
        return !NameFilter.MayExist(key.Type) || !NameFilter.MayExist(key.Id)
            ? AsyncEnumerable.Empty<AuthRecordVersion>()
            : PagesAsync(
                "list history",
                (database, connection, below) => Statement.Of(connection, database.Sql["history-of-record"])
                    .Text(session.Tenant).Text(session.Session).Text(key.Type).Text(key.Id).Long(below).Int(MaxRows),
                static row => new AuthRecordVersion(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetInt32(3)),
                static version => version.ReplacedBy,
                cancellationToken);
    }

    public async IAsyncEnumerable<SealedRecord> EnumerateReplacedAsync(AuthSessionId session, long version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var (afterType, afterId) = ("", "");
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (type, id) = (afterType, afterId);
            var page = await database.ReadAsync(
                "read history",
                (connection, deadline) => ReadAsync(
                    Statement.Of(connection, database.Sql["history-replaced"])
                        .Text(session.Tenant).Text(session.Session).Long(version).Text(type).Text(id).Int(MaxRows).Int(MaxBytes),
                    static row => new SealedRecord(new AuthKey(row.GetString(0), row.GetString(1)), row.GetInt64(2), row.GetFieldValue<byte[]>(3)),
                    deadline),
                cancellationToken).ConfigureAwait(false);
            foreach (var record in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }

            // One that was cut for its bytes is followed by another.
            if (page.Count == 0)
                yield break;
            (afterType, afterId) = (page[^1].Key.Type, page[^1].Key.Id);
        }
    }

    private async IAsyncEnumerable<T> PagesAsync<T>(
        string operation,
        Func<PostgreSqlDatabase, NpgsqlConnection, long, Statement> select,
        Func<NpgsqlDataReader, T> read,
        Func<T, long> position,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        for (var below = long.MaxValue; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = below;
            var page = await database.ReadAsync(operation, (connection, deadline) => ReadAsync(select(database, connection, from), read, deadline), cancellationToken).ConfigureAwait(false);
            foreach (var item in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }

            if (page.Count < MaxRows)
                yield break;
            below = position(page[^1]);
        }
    }

    private static async Task<List<T>> ReadAsync<T>(Statement statement, Func<NpgsqlDataReader, T> read, CancellationToken deadline)
    {
        var page = new List<T>();
        await statement.EachAsync(row => page.Add(read(row)), deadline).ConfigureAwait(false);
        return page;
    }
}
