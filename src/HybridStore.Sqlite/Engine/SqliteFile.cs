using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Engine;

/// <summary>Looks at the file before SQLite does: what is missing is named, and a new file belongs to its owner only.</summary>
internal static class SqliteFile
{
    private const int SmallestDatabase = 512;

    private static readonly Lock Creating = new();

    /// <summary>Makes sure that the file is there.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="mayCreate">False once the store was open: a database that vanished must never come back empty.</param>
    public static void Prepare(string path, bool mayCreate)
    {
        if (Directory.Exists(path))
            throw SqliteErrors.NotFound($"The database path {path} is a folder. Configure a file in it, such as {Path.Combine(path, "auth.db")}.");
        lock (Creating)
        {
            if (File.Exists(path))
                return;
            if (!mayCreate)
                throw SqliteErrors.Vanished(path);

            string folder = Path.GetDirectoryName(path) ?? path;
            if (!Directory.Exists(folder))
                throw SqliteErrors.NotFound($"The folder {folder} for the database {path} does not exist. Create it, writable for this process's account, or configure another path.");
            Create(path);
        }
    }

    /// <summary>Opens our file for what comes next, after looking at it without the means to change it.</summary>
    public static void CheckIdentity(string path, TimeSpan busyTimeout)
    {
        // SQLite takes a file of one byte for an empty one, and would write over it.
        if (new FileInfo(path).Length is > 0 and < SmallestDatabase)
            throw SqliteErrors.NotOurs(path, "is not a SQLite database");
        try
        {
            using var look = new SqliteDb(path, SqliteOpenMode.ReadOnly, busyTimeout);
            SqliteMigrator.CheckIdentity(look, path);
        }
        catch (SqliteException e) when (SqliteErrors.Primary(e) is SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN)
        {
            // A writer crashed and the file must be recovered before it can be read, which a connection that can't write is not able to.
            using var look = new SqliteDb(path, SqliteOpenMode.ReadWrite, busyTimeout);
            SqliteMigrator.CheckIdentity(look, path);
        }
    }

    // Atomic, which a move without overwriting is not on Unix: two that open a new database at once would each write to a file of their own, and one file,
    // with all that was acknowledged, would be gone. Closed before any other opener of this process gets by: on Unix that close drops the locks of every
    // SQLite connection that the process has to the file.
    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.ReadOnly(path, e);
        }
    }
}
