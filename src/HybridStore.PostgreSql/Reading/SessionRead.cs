using HybridStore.Codec;
using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Reading;

/// <summary>Reads a session's head and any of its records in one statement, which is one snapshot and one round trip.</summary>
internal static class SessionRead
{
    private const int HeadPart = 0;
    private const int RecordPart = 1;
    private const int Place = 1;
    private const int Number = 2;
    private const int Bytes = 3;
    private const int Head = 4;
    private const int Commits = Head + HeadColumns.Count;

    public static Task<ColdRead> RunAsync(
        PostgreSqlDatabase database, AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        database.ReadAsync("read", (connection, deadline) => RunAsync(database, connection, session, keys, withDataKeys, deadline), cancellationToken);

    private static async Task<ColdRead> RunAsync(
        PostgreSqlDatabase database, NpgsqlConnection connection, AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken deadline)
    {
        var (types, ids) = Names(keys);
        var command = await Statement.Of(connection, database.Sql.Call("read_v1", 6))
            .Text(session.Tenant).Text(session.Session).Bytes(SessionNameHash.Compute(session)).Texts(types).Texts(ids).Bool(withDataKeys)
            .PrepareIfAsync(database.Prepares, deadline).ConfigureAwait(false);

        SessionHead? head = null;
        long lastEnded = 0;
        var commits = Array.Empty<Guid>();
        var dataKeys = new List<WrappedDataKey>();
        var records = keys.Count == 0 ? [] : new SealedRecord[keys.Count];
        for (var i = 0; i < records.Length; i++)
            records[i] = SealedRecord.Absent(keys[i]);
        await command.EachAsync(
            row =>
            {
                switch (row.GetInt32(0))
                {
                    case HeadPart:
                        head = HeadColumns.ReadIfExists(row, Head);
                        lastEnded = row.GetInt64(Number);
                        commits = row.IsDBNull(Commits) ? [] : row.GetFieldValue<Guid[]>(Commits);
                        break;
                    case RecordPart:
                        var place = (int)row.GetInt64(Place) - 1;
                        records[place] = new SealedRecord(keys[place], row.GetInt64(Number), row.GetFieldValue<byte[]>(Bytes));
                        break;
                    default:
                        dataKeys.Add(new WrappedDataKey(new DataKeyId(unchecked((ulong)row.GetInt64(Number))), row.GetFieldValue<byte[]>(Bytes)));
                        break;
                }
            },
            deadline).ConfigureAwait(false);

        return new ColdRead
        {
            Head = head,
            LastEndedIncarnation = lastEnded,
            Records = records,
            DataKeys = dataKeys,
            Commits = head is null ? [] : CommitRing.List(commits, head.Version),
        };
    }

    private static (string[] Types, string[] Ids) Names(IReadOnlyList<AuthKey> keys)
    {
        var (types, ids) = (new string[keys.Count], new string[keys.Count]);
        for (var i = 0; i < types.Length; i++)
            (types[i], ids[i]) = (keys[i].Type, keys[i].Id);
        return (types, ids);
    }
}
