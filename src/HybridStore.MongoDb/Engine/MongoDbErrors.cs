using System.Net;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Servers;

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
    private const int NotAReplicaSet = 123;

    // Of a server that can't reach what it asks about users, or is given no time: HostUnreachable, HostNotFound, NetworkTimeout, ExceededTimeLimit.
    private static readonly int[] Passing = [6, 7, 89, 262];

    private static readonly (int Code, StoreUnusableReason Reason, string Meaning)[] Refusals =
    [
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
    /// <remarks>
    /// A write concern that is not fulfilled is no such answer, though its exception is one of a command: what was written may stay. Neither is the refusal of a user: the
    /// driver may have sent it before, and lost the answer.
    /// </remarks>
    public static bool IsRefusal(Exception e) =>
        e is (MongoCommandException and not MongoWriteConcernException) or MongoWriteException or MongoBulkWriteException
        && !IsUnknownCommit(e) && CodeOf(e) is not (MaxTimeExpired or MissingRight.Unauthorized);

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
        MongoAuthenticationException when MayPass(e.InnerException) => Unavailable(operation, "the connection to the server failed while the user was checked", e),
        MongoAuthenticationException => Unauthenticated(e, client),
        MongoIncompatibleDriverException => Incompatible(e, client),
        NotSupportedException => ServerCheck.Standalone(e),
        MongoNotPrimaryException or MongoNodeIsRecoveringException => Unavailable(operation, "the servers have no primary that takes it, or are just choosing another", e),
        MongoWriteConcernException and not MongoDuplicateKeyException => Unavailable(operation, "it is not confirmed that a majority of the servers has it", e),
        MongoExecutionTimeoutException => Unavailable(operation, $"the server did not finish it in {timeout}", e),
        MongoConnectionPoolPausedException => Unavailable(operation, "the connection to the server was lost", e),
        MongoConnectionException when Inner<MongoAuthenticationException>(e) is { } refused => Translate(refused, operation, client, timeout),
        MongoConnectionException => Unavailable(operation, "the connection to the server failed", e),
        OperationCanceledException or TimeoutException => TimedOut(operation, client, timeout, e),
        MongoException when CodeOf(e) == MissingRight.Unauthorized => Refused(operation, StoreUnusableReason.ReadOnly, MissingRight.Describe(e, client), e),
        MongoException when CodeOf(e) == NotAReplicaSet => ServerCheck.Standalone(e),
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
            _ when errors.Exists(static error => Inner<MongoAuthenticationException>(error) is { } refused && !MayPass(refused.InnerException)) =>
                ": the server refuses the user or the password",
            { Servers.Count: 0 } => ": no server was found under the name",
            { State: ClusterState.Disconnected, Servers: var servers } => $": no server can be reached at {string.Join(", ", servers.Select(static server => Name(server.EndPoint)))}",
            { Servers: var servers } when servers.Any(static server => server.Type == ServerType.ReplicaSetGhost) =>
                ": the server belongs to no replica set yet. Run rs.initiate() once",
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
                return Refused(operation, reason, meaning, e);
        }

        return null;
    }

    private static StoreUnusableException Refused(string operation, StoreUnusableReason reason, string meaning, Exception e) =>
        new(TierName, reason, $"MongoDB refused ({operation}): {meaning}. Nothing was changed.", e);

    // The driver wraps whatever goes wrong while the user is checked.
    private static bool MayPass(Exception? cause) =>
        cause is MongoConnectionException or MongoNotPrimaryException or MongoNodeIsRecoveringException or MongoExecutionTimeoutException or TimeoutException
        || (cause is not null && Passing.Contains(CodeOf(cause)));

    private static StoreUnusableException Unauthenticated(Exception e, IMongoClient client)
    {
        string who = client.Settings.Credential is { } credential ? $"the user \"{credential.Username}\" of the database \"{credential.Source}\"" : "the user";
        return new StoreUnusableException(
            TierName,
            StoreUnusableReason.ReadOnly,
            $"MongoDB refuses {who}, or the password (AuthenticationFailed). Check both, and authSource, the database in which the user was made. Nothing was changed.",
            e);
    }

    private static StoreUnusableException Incompatible(Exception e, IMongoClient client)
    {
        foreach (var server in client.Cluster.Description.Servers)
        {
            if (server.WireVersionRange is { } range && range.Max < ServerVersions.Oldest)
                return ServerVersions.TooOld(range.Max, e);
        }

        return new StoreUnusableException(
            TierName,
            StoreUnusableReason.MissingDependency,
            "The MongoDB server is newer than this version of the package MongoDB.Driver can talk to. Nothing was changed. Update the package.",
            e);
    }

    private static string Name(EndPoint endPoint) => endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{endPoint}";

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
