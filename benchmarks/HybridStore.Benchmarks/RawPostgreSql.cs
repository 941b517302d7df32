using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace HybridStore.Benchmarks;

/// <summary>The same records written by hand: a table of records, guarded upserts, and nothing else.</summary>
internal sealed class RawPostgreSql(NpgsqlDataSource source) : IAsyncDisposable
{
    private const string Upsert =
        "INSERT INTO raw_record AS r (session, type, id, version, envelope) VALUES ($1, $2, $3, $4, $5) "
        + "ON CONFLICT (session, type, id) DO UPDATE SET version = excluded.version, envelope = excluded.envelope WHERE r.version < excluded.version";

    private long _version = 1;

    public static async Task<RawPostgreSql> OpenAsync(string connectionString, int sessions, int records)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            DROP TABLE IF EXISTS raw_record, raw_staging;
            CREATE TABLE raw_record (session bigint, type text COLLATE "C", id text COLLATE "C", version bigint NOT NULL, envelope bytea NOT NULL, PRIMARY KEY (session, type, id)) WITH (fillfactor = 85);
            CREATE UNLOGGED TABLE raw_staging (LIKE raw_record);
            INSERT INTO raw_record SELECT s, 'session', lpad(r::text, 6, '0'), 1, decode(repeat('ab', {PostgreSqlCommits.Envelope.Length}), 'hex')
            FROM generate_series(0, {sessions - 1}) s, generate_series(0, {records - 1}) r;
            """));
        await command.ExecuteNonQueryAsync();
        return new RawPostgreSql(source);
    }

    /// <summary>One record in a transaction.</summary>
    public async Task UpsertAsync(int session, int record)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(Upsert, connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = session },
                new NpgsqlParameter<string> { TypedValue = AuthKeyTypes.Session },
                new NpgsqlParameter<string> { TypedValue = PostgreSqlCommits.KeyOf(record).Id },
                new NpgsqlParameter<long> { TypedValue = Interlocked.Increment(ref _version) },
                new NpgsqlParameter<byte[]> { TypedValue = PostgreSqlCommits.Envelope },
            },
        };
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Every record of every session, by COPY into a staging table and one upsert from there.</summary>
    public async Task CopyAsync(int sessions, int records)
    {
        var version = Interlocked.Increment(ref _version);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync("COPY raw_staging FROM STDIN (FORMAT BINARY)"))
        {
            for (var i = 0; i < sessions * records; i++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync((long)(i / records), NpgsqlDbType.Bigint);
                await copy.WriteAsync(AuthKeyTypes.Session, NpgsqlDbType.Text);
                await copy.WriteAsync(PostgreSqlCommits.KeyOf(i % records).Id, NpgsqlDbType.Text);
                await copy.WriteAsync(version, NpgsqlDbType.Bigint);
                await copy.WriteAsync(PostgreSqlCommits.Envelope, NpgsqlDbType.Bytea);
            }

            await copy.CompleteAsync();
        }

        await using var command = new NpgsqlCommand(
            """
            INSERT INTO raw_record AS r SELECT * FROM raw_staging
            ON CONFLICT (session, type, id) DO UPDATE SET version = excluded.version, envelope = excluded.envelope WHERE r.version < excluded.version;
            TRUNCATE raw_staging;
            """,
            connection,
            transaction);
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
