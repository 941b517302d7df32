using System.Globalization;
using Npgsql;

namespace HybridStore.PostgreSql.Engine;

/// <summary>Looks at the server and at what is there of ours, and brings that up to date.</summary>
internal sealed class PostgreSqlMigrator(PostgreSqlDatabase database, bool migrates)
{
    // Any number that other programs are unlikely to lock by: the letters HybS.
    private const int LockClass = 0x48796253;

    /// <summary>Makes the database ready, or throws what is in the way.</summary>
    public async Task<ServerReport> PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var report = await InspectAsync(connection, cancellationToken).ConfigureAwait(false);
        ServerCheck.Check(report, database.Server);
        if (report.HasVersion)
            await CheckRightsAsync(connection, cancellationToken).ConfigureAwait(false);
        if (!report.HasVersion || await NumberAsync(connection, cancellationToken).ConfigureAwait(false) < PostgreSqlSchema.Version)
            await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
        return report;
    }

    private Task<ServerReport> InspectAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Statement.Of(connection, database.Sql["inspect"]).Text(database.Schema).SingleAsync(
            row => new ServerReport
            {
                Version = row.GetInt32(0),
                VersionText = row.GetString(1),
                IsStandby = row.GetBoolean(2),
                Encoding = row.GetString(3),
                IsDurable = row.GetBoolean(4) && row.GetBoolean(5),
                HasSchema = row.GetBoolean(6),
                HasVersion = row.GetBoolean(7),
                IsDirect = row.GetInt32(8) == connection.ProcessID,
            },
            cancellationToken);

    private async Task CheckRightsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        await Statement.Of(connection, database.Sql["rights"]).Text(database.Schema).EachAsync(row => missing.Add(row.GetString(0)), cancellationToken).ConfigureAwait(false);
        if (missing.Count > 0)
            throw MissingRight(string.Join(", ", missing));
    }

    // Throws if the schema is from a library that this one can't work beside.
    private async Task<int> NumberAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (number, readableFrom) = await Statement.Of(connection, database.Sql["schema-version"])
            .SingleAsync(static row => (row.GetInt32(0), row.GetInt32(1)), cancellationToken).ConfigureAwait(false);
        if (number == 0)
            throw PostgreSqlErrors.Unusable(StoreUnusableReason.NotOurs, $"The table schema_version of the schema {database.Schema} at {database.Server} is empty. Name another schema.");
        if (readableFrom > PostgreSqlSchema.Version)
        {
            throw PostgreSqlErrors.Unusable(
                StoreUnusableReason.NewerSchema,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The schema {database.Schema} at {database.Server} has number {number}, which takes a library that knows {readableFrom} at least; this one knows {PostgreSqlSchema.Version}. Use the newer version of the library."));
        }

        return number;
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!migrates)
        {
            throw PostgreSqlErrors.Unusable(
                StoreUnusableReason.NotFound,
                $"The schema {database.Schema} at {database.Server} is not there or not up to date, and this process is not to make it ({nameof(PostgreSqlColdTierOptions.Migrates)}).");
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ApplyMissingAsync(connection, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Of many that start at once, one does it; the others wait for it and find it done.
    private async Task ApplyMissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await Statement.Of(connection, "SELECT pg_advisory_xact_lock($1, hashtext($2))").Int(LockClass).Text(database.Schema).RunAsync(cancellationToken).ConfigureAwait(false);
        var report = await InspectAsync(connection, cancellationToken).ConfigureAwait(false);
        await CheckMayCreateAsync(connection, report, cancellationToken).ConfigureAwait(false);
        if (!report.HasSchema)
            await Statement.Of(connection, $"CREATE SCHEMA {SchemaName.Quote(database.Schema)}").RunAsync(cancellationToken).ConfigureAwait(false);
        var number = report.HasVersion ? await NumberAsync(connection, cancellationToken).ConfigureAwait(false) : 0;
        foreach (var migration in PostgreSqlSchema.Migrations.Where(m => m.Number > number))
            await ApplyAsync(connection, migration, cancellationToken).ConfigureAwait(false);
    }

    private async Task CheckMayCreateAsync(NpgsqlConnection connection, ServerReport report, CancellationToken cancellationToken)
    {
        var mayCreate = await Statement.Of(connection, database.Sql["may-create"]).Text(database.Schema)
            .SingleAsync(static row => row.GetBoolean(0), cancellationToken).ConfigureAwait(false);
        if (!report.HasVersion && !mayCreate)
            throw MissingRight(report.HasSchema ? $"CREATE on schema {database.Schema}" : "CREATE on database, to make the schema");
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var file in migration.Files)
                await Statement.Of(connection, database.Sql[file]).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateFunction or PostgresErrorCodes.DuplicateObject)
        {
            throw PostgreSqlErrors.Unusable(
                StoreUnusableReason.NotOurs,
                $"The schema {database.Schema} at {database.Server} holds something of another program under a name of ours. It was not touched. Name another schema.");
        }

        await Statement.Of(
                connection,
                $"INSERT INTO {SchemaName.Quote(database.Schema)}.schema_version (number, readable_from) VALUES ($1, $2) "
                + "ON CONFLICT ((true)) DO UPDATE SET number = excluded.number, readable_from = excluded.readable_from, applied_at = excluded.applied_at")
            .Int(migration.Number).Int(migration.ReadableFrom).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private StoreUnusableException MissingRight(string right) => PostgreSqlErrors.Unusable(
        StoreUnusableReason.ReadOnly, $"The role lacks a right on PostgreSQL at {database.Server}: {right}. Grant it, or connect as another role.");
}
