using Npgsql;
using NpgsqlTypes;

namespace HybridStore.PostgreSql.Engine;

/// <summary>A statement and its parameters in order. Their types are said, so that the driver has none to guess and the server none to infer.</summary>
internal readonly struct Statement
{
    private readonly NpgsqlCommand? _command;
    private readonly NpgsqlParameterCollection _parameters;

    private Statement(NpgsqlCommand? command, NpgsqlParameterCollection parameters)
    {
        _command = command;
        _parameters = parameters;
    }

    private NpgsqlCommand Command => _command ?? throw new InvalidOperationException("A statement of a batch is run with the batch.");

    /// <summary>A statement by itself. Its time is bounded by the caller's deadline.</summary>
    public static Statement Of(NpgsqlConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return new Statement(command, command.Parameters);
    }

    /// <summary>A statement of a batch.</summary>
    public static Statement Of(NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return new Statement(null, command.Parameters);
    }

    public Statement Text(string value) => Add(value, NpgsqlDbType.Text);

    public Statement Int(int value) => Add(value, NpgsqlDbType.Integer);

    public Statement IntOrNull(int? value) => value is { } number ? Int(number) : Null(NpgsqlDbType.Integer);

    public Statement Long(long value) => Add(value, NpgsqlDbType.Bigint);

    public Statement LongOrNull(long? value) => value is { } number ? Long(number) : Null(NpgsqlDbType.Bigint);

    public Statement Bool(bool value) => Add(value, NpgsqlDbType.Boolean);

    public Statement Uuid(Guid value) => Add(value, NpgsqlDbType.Uuid);

    public Statement Bytes(ReadOnlyMemory<byte> value) => Add(value, NpgsqlDbType.Bytea);

    public Statement BytesOrNull(ReadOnlyMemory<byte>? value) => value is { } bytes ? Bytes(bytes) : Null(NpgsqlDbType.Bytea);

    public Statement TimeOrNull(DateTimeOffset? value) => value is { } time ? Add(time, NpgsqlDbType.TimestampTz) : Null(NpgsqlDbType.TimestampTz);

    public Statement Texts(string[] values) => Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public Statement Ints(int[] values) => Add(values, NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public Statement Longs(long[] values) => Add(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public Statement LongsOrNull(long?[] values) => Add(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public Statement Uuids(Guid[] values) => Add(values, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public Statement BytesOfEach(ReadOnlyMemory<byte>[] values) => Add(values, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    /// <summary>Has the connection keep the statement, if it does not yet: the first time, that is a round trip of its own.</summary>
    public async ValueTask<Statement> PrepareIfAsync(bool prepares, CancellationToken cancellationToken)
    {
        if (prepares)
            await Command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return this;
    }

    /// <summary>Runs a statement that gives no rows that anybody wants.</summary>
    /// <returns>How many rows it changed.</returns>
    public Task<int> RunAsync(CancellationToken cancellationToken) => Command.ExecuteNonQueryAsync(cancellationToken);

    /// <summary>Runs a statement that gives one row.</summary>
    public async Task<T> SingleAsync<T>(Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        T? result = default;
        await EachAsync(row => result = read(row), cancellationToken).ConfigureAwait(false);
        return result!;
    }

    /// <summary>Runs a statement and hands out each row. It returns when the server is ready again: only then its transaction is over.</summary>
    public async Task EachAsync(Action<NpgsqlDataReader> read, CancellationToken cancellationToken)
    {
        var rows = await Command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                read(rows);
            _ = await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Statement Add<T>(T value, NpgsqlDbType type)
    {
        _parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return this;
    }

    private Statement Null(NpgsqlDbType type)
    {
        _parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });
        return this;
    }
}
