using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Engine;

/// <summary>What SQLite's result codes mean to the callers of a store. Messages name the file and what to do, never a value.</summary>
internal static class SqliteErrors
{
    public const string TierName = "sqlite";

    private const int IoErrorCorruptFileSystem = raw.SQLITE_IOERR | (33 << 8);
    private const int ReadOnlyFileMoved = raw.SQLITE_READONLY | (4 << 8);

    /// <summary>The kind of error, without the detail in the higher bits that extended result codes have.</summary>
    public static int Primary(SqliteException exception) => exception.SqliteErrorCode & 0xFF;

    /// <summary>Whether the error says that the machine can't run SQLite at all.</summary>
    public static bool IsMissingLibrary(Exception exception) =>
        exception is DllNotFoundException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException;

    public static bool IsConstraint(SqliteException exception) => Primary(exception) == raw.SQLITE_CONSTRAINT;

    /// <summary>Whether a COMMIT that failed so certainly kept nothing: another's lock, or no room for the frames that precede the commit's mark.</summary>
    public static bool CommitWasRefused(SqliteException exception) =>
        Primary(exception) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_READONLY;

    /// <summary>Whether the connection itself is good for the next transaction.</summary>
    public static bool ConnectionIsSound(SqliteException exception) =>
        Primary(exception) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_CONSTRAINT;

    /// <summary>Translates what a call ran into; exceptions that are already ours, and mistakes, pass.</summary>
    public static Exception Translate(Exception exception, string path) => exception switch
    {
        SqliteException sqlite => Translate(sqlite, path),
        _ when IsMissingLibrary(exception) => MissingLibrary(exception),
        _ => exception,
    };

    public static StoreUnusableException MissingLibrary(Exception inner) => new(
        TierName,
        StoreUnusableReason.MissingDependency,
        "SQLite's native library (e_sqlite3) can't be loaded on this machine. It comes with the package SQLitePCLRaw.bundle_e_sqlite3: "
        + "publish for this platform's runtime identifier, and check that the native file lies beside the application.",
        inner);

    public static StoreUnusableException NotOurs(string path, string why, Exception? inner = null) => new(
        TierName, StoreUnusableReason.NotOurs, $"The file {path} {why}. It was not touched. Configure another path, or move the file away.", inner);

    public static StoreUnusableException NewerSchema(string path, long found, int known) => new(
        TierName,
        StoreUnusableReason.NewerSchema,
        $"The database {path} has schema {found}; this version of the library knows up to {known}. Use the newer version of the library that made it.");

    public static StoreUnusableException NotFound(string message, Exception? inner = null) => new(TierName, StoreUnusableReason.NotFound, message, inner);

    public static StoreUnusableException Vanished(string path, Exception? inner = null) =>
        NotFound($"The database {path} was moved or deleted while it was open. Put it back and restart.", inner);

    public static StoreUnusableException ReadOnly(string path, Exception? inner = null) => new(
        TierName,
        StoreUnusableReason.ReadOnly,
        $"The database {path} can't be written. Give this process's account the right to write the file and its folder "
        + "(SQLite keeps two companions, -wal and -shm, beside it), and check that the medium is not mounted read-only.",
        inner);

    private static AuthStoreException Translate(SqliteException e, string path) => Primary(e) switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreUnavailableException(
            TierName, $"The database {path} was locked by another process for longer than the busy timeout. Nothing was changed.", e),
        raw.SQLITE_READONLY when e.SqliteExtendedErrorCode == ReadOnlyFileMoved => Vanished(path, e),
        raw.SQLITE_CANTOPEN when !File.Exists(path) => Vanished(path, e),
        raw.SQLITE_READONLY or raw.SQLITE_PERM => ReadOnly(path, e),
        raw.SQLITE_FULL => new StoreUnusableException(
            TierName,
            StoreUnusableReason.Full,
            $"There is no room left for the database {path}. Nothing was changed. Free some space on its file system, or raise the quota.",
            e),

        // Not "unavailable": it refuses this change and goes on to do so, and takes others.
        raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH => new StoreUnusableException(
            TierName,
            StoreUnusableReason.NotOurs,
            $"The database {path} refused the change by a rule of its own (SQLite error {e.SqliteExtendedErrorCode}): a trigger or constraint that this library did not make. "
            + "Nothing was changed. Remove what was added to the database.",
            e),
        raw.SQLITE_NOTADB => NotOurs(path, "is not a SQLite database", e),
        raw.SQLITE_CORRUPT => Damaged(path, e),
        raw.SQLITE_IOERR when e.SqliteExtendedErrorCode == IoErrorCorruptFileSystem => Damaged(path, e),
        raw.SQLITE_IOERR => new StoreUnavailableException(
            TierName, $"Reading or writing the database {path} failed (SQLite error {e.SqliteExtendedErrorCode}). Check the disk and the file system's log.", e),
        _ => new StoreUnavailableException(TierName, $"SQLite failed on the database {path} (error {e.SqliteExtendedErrorCode}).", e),
    };

    private static StoreUnusableException Damaged(string path, Exception inner) => new(
        TierName,
        StoreUnusableReason.Damaged,
        $"The database {path} is damaged. Stop the process, keep a copy of the file with its -wal, and restore a backup or recover it with \"sqlite3 .recover\".",
        inner);
}
