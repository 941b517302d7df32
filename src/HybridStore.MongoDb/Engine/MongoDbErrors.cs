using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;

namespace HybridStore.MongoDb.Engine;

/// <summary>
/// Turns the driver's errors into the store's, with what to do and no secret. A server's text may repeat what it was sent, so only its codes are passed on; the
/// driver's exception goes along as the inner one.
/// </summary>
internal static class MongoDbErrors
{
    public const string TierName = "mongodb";

    private const string Transient = "TransientTransactionError";
    private const string UnknownCommit = "UnknownTransactionCommitResult";
    private const int DuplicateKey = 11000;
    private const int WriteConflict = 112;
    private const int MaxTimeExpired = 50;
    private const int TransactionExceededLifetime = 290;

    private static readonly (int Code, StoreUnusableReason Reason, string Meaning)[] Refusals =
    [
        (13, StoreUnusableReason.ReadOnly, "the user has not the rights for it (Unauthorized). Give it the role readWrite on the database"),
        (18, StoreUnusableReason.ReadOnly, "the server refuses the user or the password (AuthenticationFailed)"),
        (20, StoreUnusableReason.MissingDependency, "it has no transactions (IllegalOperation). Make it a replica set, of one server if need be"),
        (263, StoreUnusableReason.MissingDependency, "it does not do that in a transaction (OperationNotSupportedInTransaction)"),
        (14031, StoreUnusableReason.Full, "its disk is full (OutOfDiskSpace). Free some space"),
        (257, StoreUnusableReason.Full, "the patch is more than it takes in one transaction (TransactionTooLarge). Commit smaller patches"),
        (388, StoreUnusableReason.Full, "the patch is more than its cache takes in one transaction (TransactionTooLargeForCache). Commit smaller patches, or give the server more memory"),
        (10334, StoreUnusableReason.Full, "a document is larger than MongoDB takes (BSONObjectTooLarge)"),
        (121, StoreUnusableReason.NotOurs, "the collection has a rule that this library did not make (DocumentValidationFailure). Remove it"),
        (166, StoreUnusableReason.NotOurs, "there is a view or another kind of collection under the name (CommandNotSupportedOnView). Choose another collection prefix"),
        (85, StoreUnusableReason.NotOurs, "there is another index under the name (IndexOptionsConflict). Choose another collection prefix"),
        (86, StoreUnusableReason.NotOurs, "there is another index under the name (IndexKeySpecsConflict). Choose another collection prefix"),
    ];

    /// <summary>Whether the transaction has changed nothing, and may be done again from the start.</summary>
    public static bool IsTransient(Exception e) => e is Writing.SessionChangedException || (e is MongoException m && (m.HasErrorLabel(Transient) || IsConflict(m)));

    /// <summary>Whether it is not known if the transaction was committed.</summary>
    public static bool IsUnknownCommit(Exception e) => e is MongoException m && m.HasErrorLabel(UnknownCommit);

    /// <summary>Whether somebody else was first.</summary>
    public static bool IsConflict(Exception e) => CodeOf(e) is DuplicateKey or WriteConflict;

    /// <summary>Whether the server has answered that it did not do it, so that nothing of it was done.</summary>
    /// <remarks>A write concern that is not fulfilled is no such answer, though its exception is one of a command: what was written may stay.</remarks>
    public static bool IsRefusal(Exception e) =>
        e is (MongoCommandException and not MongoWriteConcernException) or MongoWriteException or MongoBulkWriteException or MongoAuthenticationException
        && !IsUnknownCommit(e) && CodeOf(e) != MaxTimeExpired;

    public static StoreUnusableException NewerSchema(string database, long found) => new(
        TierName,
        StoreUnusableReason.NewerSchema,
        $"The database {database} has schema {found}; this version of the library knows up to {MongoDbSchema.Version}. Use the newer version of the library that made it.");

    public static StoreUnusableException Vanished(string database) => new(
        TierName,
        StoreUnusableReason.NotFound,
        $"The collections that were in the database {database} when it was opened are not there any more, or not whole. Restore them and restart: "
        + "what is not there now is not known to be absent.");

    /// <summary>Translates what a call ran into; exceptions that are already ours, and mistakes, pass.</summary>
    /// <param name="e">What the driver threw.</param>
    /// <param name="operation">What was done.</param>
    /// <param name="client">The client, which knows why it finds no server.</param>
    /// <param name="timeout">How long the call was to take.</param>
    public static Exception Translate(Exception e, string operation, IMongoClient client, TimeSpan timeout) => e switch
    {
        MongoAuthenticationException => Unauthenticated(e),
        MongoIncompatibleDriverException => new StoreUnusableException(
            TierName, StoreUnusableReason.MissingDependency, "This version of the MongoDB driver can't talk to a server of this version. Update the older one.", e),
        MongoNotPrimaryException or MongoNodeIsRecoveringException => Unavailable(operation, "the servers have no primary that takes it, or are just choosing another", e),
        MongoWriteConcernException and not MongoDuplicateKeyException => Unavailable(operation, "it is not confirmed that a majority of the servers has it", e),
        MongoExecutionTimeoutException => Unavailable(operation, $"the server did not finish it in {timeout}", e),
        MongoConnectionPoolPausedException => Unavailable(operation, "the connection to the server was lost", e),
        MongoConnectionException when Inner<MongoAuthenticationException>(e) is not null => Unauthenticated(e),
        MongoConnectionException => Unavailable(operation, "the connection to the server failed", e),
        OperationCanceledException or TimeoutException => TimedOut(operation, client, timeout, e),
        MongoException when Refusal(e, operation) is { } refusal => refusal,
        MongoException when CodeOf(e) is TransactionExceededLifetime => Unavailable(operation, "the transaction took longer than the server lets one (transactionLifetimeLimitSeconds)", e),
        MongoException when IsConflict(e) => Unavailable(operation, $"others kept writing the same session for {timeout}", e),
        MongoException => Unavailable(operation, CodeOf(e) is > 0 and var code ? $"the server answered with error {code}" : $"the driver failed ({e.GetType().Name})", e),
        FormatException => Unavailable(operation, "the driver can't send it: a document is larger than MongoDB takes", e),
        _ => e,
    };

    private static StoreUnavailableException TimedOut(string operation, IMongoClient client, TimeSpan timeout, Exception e)
    {
        var errors = client.Cluster.Description.Servers.Select(static server => server.HeartbeatException).Where(static error => error is not null).ToList();
        string why = client.Cluster.Description switch
        {
            _ when errors.Exists(static error => Inner<MongoAuthenticationException>(error) is not null) => ": the server refuses the user or the password",
            { Servers.Count: 0 } => ": no server was found under the name",
            { State: ClusterState.Disconnected } => ": no server can be reached",
            { Servers: var servers } when servers.All(static server => !server.IsDataBearing) => ": no server of the kind that was asked for was found (check replicaSet=)",
            _ => "",
        };
        return Unavailable(operation, $"there was no answer in {timeout}{why}", e);
    }

    private static StoreUnusableException? Refusal(Exception e, string operation)
    {
        int found = CodeOf(e);
        foreach (var (code, reason, meaning) in Refusals)
        {
            if (code == found)
                return new StoreUnusableException(TierName, reason, $"MongoDB refused ({operation}): {meaning}. Nothing was changed.", e);
        }

        return null;
    }

    private static StoreUnusableException Unauthenticated(Exception e) => new(
        TierName,
        StoreUnusableReason.ReadOnly,
        "MongoDB refuses the user or the password (AuthenticationFailed). Check both, and authSource, the database in which the user was made. Nothing was changed.",
        e);

    private static StoreUnavailableException Unavailable(string operation, string why, Exception e) =>
        new(TierName, $"MongoDB did not answer ({operation}): {why}.", e);

    private static int CodeOf(Exception e) => e switch
    {
        MongoCommandException command => command.Code,
        MongoWriteException { WriteError: { } error } => error.Code,
        MongoWriteException { WriteConcernError: { } concern } => concern.Code,
        MongoBulkWriteException { WriteErrors.Count: > 0 } bulk => bulk.WriteErrors[0].Code,
        MongoBulkWriteException { WriteConcernError: { } concern } => concern.Code,
        _ => 0,
    };

    private static TException? Inner<TException>(Exception? e)
        where TException : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is TException found)
                return found;
        }

        return null;
    }
}
