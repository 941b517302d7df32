using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Reading;
using HybridStore.Tiers;
using Npgsql;
using NpgsqlTypes;

namespace HybridStore.PostgreSql.Writing;

/// <summary>Takes a session in from a stream: in parts that belong to nobody, by COPY, which become the session in one step.</summary>
internal sealed class SessionImport(PostgreSqlDatabase database, ColdImport import, Func<DateTimeOffset?> now)
{
    // Each part is a transaction: large enough that the round trips don't count, small enough for one deadline.
    private const int MaxRecords = 16_384;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly byte[] _nameHash = SessionNameHash.Compute(import.Session);
    private long _loading;

    public async ValueTask<ColdImportResult> RunAsync(CancellationToken cancellationToken)
    {
        // What can't be imported now is refused before its stream is read; what happens meanwhile is found at the end.
        if (await BeginAsync(cancellationToken).ConfigureAwait(false) is { } refusal)
            return refusal;
        try
        {
            if (await LoadAsync(cancellationToken).ConfigureAwait(false) is { } twice)
            {
                await AbandonAsync().ConfigureAwait(false);
                return new ColdImportResult { Status = ColdCommitStatus.Conflict, Duplicate = twice };
            }

            var (result, isPublished) = await PublishAsync(cancellationToken).ConfigureAwait(false);
            if (!isPublished)
                await AbandonAsync().ConfigureAwait(false);
            return result;
        }
        catch (Exception e) when (e is not CommitOutcomeUnknownException)
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ColdImportResult Result(NpgsqlDataReader row) => new() { Status = (ColdCommitStatus)row.GetInt32(0), Head = HeadColumns.ReadIfExists(row, 2) };

    private async Task<ColdImportResult?> BeginAsync(CancellationToken cancellationToken) => await database.WriteAsync(
        "import",
        async (connection, deadline) =>
        {
            var command = Statement.Of(connection, database.Sql.Call("import_begin_v1", 6))
                .Text(import.Session.Tenant).Text(import.Session.Session).Bytes(_nameHash).Long(import.Incarnation).Uuid(import.CommitId.Value).TimeOrNull(now());
            return await command.SingleAsync(
                row =>
                {
                    if (row.GetInt32(0) != 0)
                        return Result(row);
                    _loading = row.GetInt64(1);
                    return null;
                },
                deadline).ConfigureAwait(false);
        },
        outcomeUnknown: null,
        cancellationToken).ConfigureAwait(false);

    // A record that occurred twice, or null.
    private async Task<AuthKey?> LoadAsync(CancellationToken cancellationToken)
    {
        var part = new List<SealedChange>();
        long bytes = 0;
        await foreach (var record in import.Records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ColdInput.CheckImported(record);
            if (part.Count >= MaxRecords || bytes >= MaxBytes)
            {
                if (await LoadAsync(part, cancellationToken).ConfigureAwait(false) is { } twice)
                    return twice;
                part.Clear();
                bytes = 0;
            }

            part.Add(record);
            bytes += record.Envelope!.Value.Length;
        }

        return part.Count == 0 ? null : await LoadAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AuthKey?> LoadAsync(List<SealedChange> part, CancellationToken cancellationToken)
    {
        var isLoaded = await database.WriteAsync("import", (connection, deadline) => CopyAsync(connection, part, deadline), outcomeUnknown: null, cancellationToken).ConfigureAwait(false);
        return isLoaded ? null : await FindDuplicateAsync(part, cancellationToken).ConfigureAwait(false);
    }

    // False: nothing of the part was loaded, since one of its records is there already.
    private async Task<bool> CopyAsync(NpgsqlConnection connection, List<SealedChange> part, CancellationToken deadline)
    {
        var transaction = await connection.BeginTransactionAsync(deadline).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            if (await Statement.Of(connection, database.Sql["import-touch"]).Long(_loading).RunAsync(deadline).ConfigureAwait(false) == 0)
                throw GivenUp();
            try
            {
                await CopyRowsAsync(connection, part, deadline).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgreSqlErrors.IsDuplicate(e))
            {
                return false;
            }

            await transaction.CommitAsync(deadline).ConfigureAwait(false);
            return true;
        }
    }

    private async Task CopyRowsAsync(NpgsqlConnection connection, List<SealedChange> part, CancellationToken deadline)
    {
        var copy = await connection.BeginBinaryImportAsync(database.Sql["import-copy"], deadline).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var record in part)
            {
                await copy.StartRowAsync(deadline).ConfigureAwait(false);
                await copy.WriteAsync(_loading, NpgsqlDbType.Bigint, deadline).ConfigureAwait(false);
                await copy.WriteAsync(record.Key.Type, NpgsqlDbType.Text, deadline).ConfigureAwait(false);
                await copy.WriteAsync(record.Key.Id, NpgsqlDbType.Text, deadline).ConfigureAwait(false);
                await copy.WriteAsync(1L, NpgsqlDbType.Bigint, deadline).ConfigureAwait(false);
                await copy.WriteAsync(record.Envelope!.Value, NpgsqlDbType.Bytea, deadline).ConfigureAwait(false);
            }

            await copy.CompleteAsync(deadline).ConfigureAwait(false);
        }
    }

    // The server names the record only in a detail that may be in any language.
    private async Task<AuthKey?> FindDuplicateAsync(List<SealedChange> part, CancellationToken cancellationToken)
    {
        var keys = part.ConvertAll(static r => r.Key);
        var loaded = await database.ReadAsync(
            "import",
            async (connection, deadline) =>
            {
                var found = new HashSet<int>();
                var command = Statement.Of(connection, database.Sql["import-loaded"])
                    .Long(_loading).Texts([.. keys.Select(static k => k.Type)]).Texts([.. keys.Select(static k => k.Id)]);
                await command.EachAsync(row => found.Add((int)row.GetInt64(0) - 1), deadline).ConfigureAwait(false);
                return found;
            },
            cancellationToken).ConfigureAwait(false);
        var seen = new HashSet<AuthKey>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (loaded.Contains(i) || !seen.Add(keys[i]))
                return keys[i];
        }

        throw GivenUp();
    }

    private Task<(ColdImportResult Result, bool IsPublished)> PublishAsync(CancellationToken cancellationToken) => database.WriteAsync(
        "import",
        async (connection, deadline) =>
        {
            var command = Statement.Of(connection, database.Sql.Call("import_publish_v1", 9))
                .Long(_loading).Text(import.Session.Tenant).Text(import.Session.Session).Bytes(_nameHash).Long(import.Incarnation).Uuid(import.CommitId.Value)
                .Long(CommitStatement.Id(import.DataKey.Id)).Bytes(import.DataKey.Bytes).TimeOrNull(now());
            return await command.SingleAsync(static row => (Result(row), row.GetBoolean(1)), deadline).ConfigureAwait(false);
        },
        e => new CommitOutcomeUnknownException(import.Session, import.CommitId, e),
        cancellationToken);

    private async Task AbandonAsync()
    {
        try
        {
            _ = await database.WriteAsync(
                "import",
                async (connection, deadline) => await Statement.Of(connection, database.Sql.Call("import_abandon_v1", 1)).Long(_loading).RunAsync(deadline).ConfigureAwait(false),
                outcomeUnknown: null,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthStoreException or ObjectDisposedException)
        {
            // Why the import ended matters more; what it left is nobody's, and is removed in time.
        }
    }

    private StoreUnavailableException GivenUp() => new(
        PostgreSqlErrors.TierName, $"The import of {import.Session} rested for longer than a day and was given up. Nothing was imported.");
}
