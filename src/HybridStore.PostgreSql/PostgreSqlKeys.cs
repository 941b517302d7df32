using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Writing;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql;

/// <summary>The ring of master keys and the changing of keys: each a call of one function of the schema.</summary>
internal sealed class PostgreSqlKeys(PostgreSqlStore store) : IColdKeys
{
    public async ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken)
    {
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.ReadAsync(
            "read the key ring",
            (connection, deadline) => Statement.Of(connection, database.Sql["read-ring"]).SingleAsync(static row => new ColdKeyRing(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), deadline),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ColdInput.CheckRing(expectedVersion, content);
        return RunAsync(
            "write the key ring", "write_ring_v1", 2, call => call.Long(expectedVersion).Bytes(content), static row => row.GetBoolean(0), cancellationToken);
    }

    public ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken)
    {
        ColdInput.Check(keys);
        return RunAsync(
            "rewrap",
            "rewrap_v1",
            6,
            call => call.Texts([.. keys.Select(static k => k.Session.Tenant)]).Texts([.. keys.Select(static k => k.Session.Session)])
                .Longs([.. keys.Select(static k => k.Incarnation)]).Longs([.. keys.Select(static k => CommitStatement.Id(k.Id))])
                .BytesOfEach([.. keys.Select(static k => k.Before)]).BytesOfEach([.. keys.Select(static k => k.After)]),
            static row => row.GetInt32(0),
            cancellationToken);
    }

    public ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        ColdInput.Check(addition);
        return RunAsync(
            "add a data key",
            "add_data_key_v1",
            6,
            call => call.Text(addition.Session.Tenant).Text(addition.Session.Session).Long(addition.Incarnation)
                .Long(CommitStatement.Id(addition.After)).Long(CommitStatement.Id(addition.Key.Id)).Bytes(addition.Key.Bytes),
            static row => row.GetBoolean(0),
            cancellationToken);
    }

    public ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        ColdInput.Check(session, records);
        return RunAsync(
            "replace envelopes",
            "replace_envelopes_v1",
            7,
            call => call.Text(session.Tenant).Text(session.Session).Long(incarnation)
                .Texts([.. records.Select(static r => r.Key.Type)]).Texts([.. records.Select(static r => r.Key.Id)])
                .Longs([.. records.Select(static r => r.Version)]).BytesOfEach([.. records.Select(static r => r.Envelope)]),
            static row => row.GetInt32(0),
            cancellationToken);
    }

    private async ValueTask<T> RunAsync<T>(
        string operation, string function, int parameters, Func<Statement, Statement> with, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            operation,
            (connection, deadline) => with(Statement.Of(connection, database.Sql.Call(function, parameters))).SingleAsync(read, deadline),
            outcomeUnknown: null,
            cancellationToken).ConfigureAwait(false);
    }
}
