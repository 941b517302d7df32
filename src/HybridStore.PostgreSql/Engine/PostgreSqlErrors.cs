using System.Net.Sockets;
using Npgsql;

namespace HybridStore.PostgreSql.Engine;

/// <summary>What the server's SQLSTATEs and the driver's errors mean to the callers of a store. Messages name the server and what to do, never a value.</summary>
internal static class PostgreSqlErrors
{
    public const string TierName = "postgresql";

    /// <summary>What an import meets that was given up meanwhile.</summary>
    public const string ImportGivenUp = "HS002";

    // A class of two characters stands for all that begin with it. Where there is no reason, it passes by itself.
    private static readonly (string SqlState, StoreUnusableReason? Reason, string Meaning)[] Known =
    [
        ("28P01", StoreUnusableReason.ReadOnly, "it refuses the password. Check user and password"),
        ("28", StoreUnusableReason.ReadOnly, "it refuses the user, or this machine. Check the user, the password and pg_hba.conf"),
        ("3D000", StoreUnusableReason.NotFound, "the database does not exist. Create it, or name another one"),
        ("3F000", StoreUnusableReason.NotFound, "the schema is not there any more. Restore it and restart"),
        ("42P01", StoreUnusableReason.NotFound, "a table of the schema is not there any more. Restore it and restart"),
        ("42883", StoreUnusableReason.NotFound, "a function of the schema is not there any more. Restore it and restart"),
        ("42501", StoreUnusableReason.ReadOnly, "the role lacks a right. Grant what docs/postgresql.md lists"),
        ("25006", StoreUnusableReason.ReadOnly, "it is a standby, which takes no writes and may lack some, or its transactions are read-only. Connect to the primary"),
        ("53100", StoreUnusableReason.Full, "its disk is full. Free some space"),
        ("53200", null, "it has no memory left"),
        ("53300", null, "it has no connection left. Raise max_connections, or lower the pools' sizes"),
        ("53", null, "it lacks a resource"),
        ("57014", null, "the call took too long"),
        ("57P01", null, "it is shutting down, or an administrator ended the connection"),
        ("57P02", null, "it crashed and starts again"),
        ("57P03", null, "it is starting up or shutting down"),
        ("55P03", null, "somebody else held a lock for too long"),
        ("40001", null, "the transaction collided with others, again and again"),
        ("40P01", null, "the transaction was in a deadlock with others, again and again"),
        ("23", StoreUnusableReason.NotOurs, "it refuses the change by a rule of its own: a trigger or constraint that this library did not make. Remove what was added to the database"),
        ("P0001", StoreUnusableReason.NotOurs, "it refuses the change by a rule of its own: a trigger or constraint that this library did not make. Remove what was added to the database"),
        ("XX001", StoreUnusableReason.Damaged, "its data is damaged. Stop, keep a copy of the data directory, and restore a backup"),
        ("XX002", StoreUnusableReason.Damaged, "an index is damaged. Rebuild it with REINDEX"),
        (ImportGivenUp, null, "the import rested for longer than a day and was given up. Nothing was imported"),
    ];

    /// <summary>Whether it is the driver's or a deadline's.</summary>
    public static bool IsOurs(Exception e) => e is NpgsqlException or OperationCanceledException or TimeoutException or SocketException or IOException;

    /// <summary>
    /// Whether the server says, besides success, that it gave up waiting for the standby which it was told to wait for: the change is kept on it alone. Its words are in its
    /// own language; where they come from is not.
    /// </summary>
    public static bool IsNotReplicated(PostgresNotice notice) => notice.Routine == "SyncRepWaitForLSN";

    /// <summary>
    /// Whether the server said that it did not keep the transaction. What ends the connection too says less: it may come after the commit, when a standby is waited for.
    /// </summary>
    public static bool IsRolledBack(Exception e) => ServerError(e) is { InvariantSeverity: "ERROR" };

    /// <summary>Whether it is the server that said so.</summary>
    public static bool IsAnswer(Exception e) => ServerError(e) is not null;

    /// <summary>Whether the same transaction may do better the next time.</summary>
    public static bool IsCollision(Exception e) => ServerError(e)?.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Whether a question may be answered on another connection.</summary>
    public static bool MayPass(Exception e) => ServerError(e) is { } error
        ? IsCollision(e) || error.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        : e is NpgsqlException { IsTransient: true, InnerException: IOException };

    /// <summary>Whether a constraint of ours was broken: there is such a row already.</summary>
    public static bool IsDuplicate(Exception e) => ServerError(e)?.SqlState == PostgresErrorCodes.UniqueViolation;

    /// <summary>Translates what a call ran into.</summary>
    /// <param name="e">What.</param>
    /// <param name="server">The server, for the message.</param>
    /// <param name="operation">What was tried.</param>
    /// <param name="isOpen">
    /// Whether the database was usable before: then it is one that does not answer, so that commits are queued meanwhile, and the inner exception says what is to be mended.
    /// </param>
    public static AuthStoreException Translate(Exception e, string server, string operation, bool isOpen)
    {
        if (e is AuthStoreException already)
            return already;
        if (ServerError(e) is not { } error)
            return new StoreUnavailableException(TierName, $"PostgreSQL at {server} did not answer ({operation}): {Describe(e)}.", e);

        foreach (var (sqlState, reason, meaning) in Known)
        {
            if (!error.SqlState.StartsWith(sqlState, StringComparison.Ordinal))
                continue;
            var message = $"PostgreSQL at {server} refused ({operation}): {meaning} (SQLSTATE {error.SqlState}).";
            if (reason is not { } unusable)
                return new StoreUnavailableException(TierName, message, e);
            var mend = new StoreUnusableException(TierName, unusable, message, e);

            // What refuses this change only, and a role that fails at the start, is nothing that passes.
            return unusable == StoreUnusableReason.NotOurs || !(isOpen || IsOfTheMoment(error.SqlState)) ? mend : new StoreUnavailableException(TierName, message, mend);
        }

        return new StoreUnavailableException(TierName, $"PostgreSQL at {server} failed ({operation}, SQLSTATE {error.SqlState}).", e);
    }

    public static StoreUnusableException Unusable(StoreUnusableReason reason, string message) => new(TierName, reason, message);

    // A failover that is under way, a disk that is being enlarged.
    private static bool IsOfTheMoment(string sqlState) => sqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull;

    private static PostgresException? ServerError(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is PostgresException error)
                return error;
        }

        return null;
    }

    private static string Describe(Exception e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException socket:
                    return $"the connection failed ({socket.SocketErrorCode})";
                case OperationCanceledException or TimeoutException:
                    return "the time was over";
                case IOException:
                    return "the connection was cut";
            }
        }

        return "there is no connection";
    }
}
