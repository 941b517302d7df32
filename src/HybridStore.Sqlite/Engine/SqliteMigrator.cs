using System.Globalization;

namespace HybridStore.Sqlite.Engine;

/// <summary>Tells whose file it is, and brings ours up to date.</summary>
internal static class SqliteMigrator
{
    /// <summary>Reads, from one snapshot and changing nothing, whether the file is ours or still empty, and throws if it is neither or too new.</summary>
    public static void CheckIdentity(SqliteDb db, string path)
    {
        long applicationId, schema, objects;
        db.Execute("BEGIN");
        try
        {
            applicationId = db.QueryInt64("PRAGMA application_id");
            schema = db.QueryInt64("PRAGMA user_version");
            objects = db.QueryInt64("SELECT count(*) FROM sqlite_master");
        }
        finally
        {
            db.RollbackIfOpen();
        }

        bool empty = applicationId == 0 && schema == 0 && objects == 0;
        if (!empty && applicationId != SqliteSchema.ApplicationId)
            throw SqliteErrors.NotOurs(path, "is the database of another program");
        if (schema > SqliteSchema.Version)
            throw SqliteErrors.NewerSchema(path, schema, SqliteSchema.Version);
    }

    /// <summary>Applies what is missing, each step in a transaction of its own. Safe when several processes do it at once: the step is checked again under the write lock.</summary>
    public static void Migrate(SqliteDb db)
    {
        if (db.QueryInt64("PRAGMA user_version") >= SqliteSchema.Version)
            return;

        foreach (var migration in SqliteSchema.Migrations)
        {
            db.Execute("BEGIN IMMEDIATE");
            try
            {
                if (db.QueryInt64("PRAGMA user_version") < migration.Number)
                {
                    db.Execute(migration.Sql);
                    db.Execute(string.Create(
                        CultureInfo.InvariantCulture, $"PRAGMA application_id = {SqliteSchema.ApplicationId}; PRAGMA user_version = {migration.Number}"));
                }

                db.Execute("COMMIT");
            }
            catch
            {
                db.RollbackIfOpen();
                throw;
            }
        }
    }
}
