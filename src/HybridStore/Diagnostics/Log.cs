using Microsoft.Extensions.Logging;

namespace HybridStore.Diagnostics;

/// <summary>Every log message of the core. Sessions are named; record ids are not, since they are phone numbers; values never are.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is ready: hot {Hot}, cold {Cold}.", EventName = "StoreReady")]
    public static partial void StoreReady(ILogger logger, string hot, string cold);

    [LoggerMessage(2, LogLevel.Warning, "The cold tier {Cold} does not answer at start; the store keeps trying with each call.", EventName = "ColdUnavailableAtStart")]
    public static partial void ColdUnavailableAtStart(ILogger logger, Exception exception, string cold);

    [LoggerMessage(10, LogLevel.Warning, "The hot tier {Hot} did not answer ({Operation}); went on with cold.", EventName = "HotUnavailable")]
    public static partial void HotUnavailable(ILogger logger, Exception exception, string hot, string operation);

    [LoggerMessage(11, LogLevel.Warning, "An envelope of session {Session} in the hot tier {Hot} did not open ({Fault}); its copy was dropped and cold is asked.", EventName = "HotEnvelopeDamaged")]
    public static partial void HotEnvelopeDamaged(ILogger logger, AuthSessionId session, string hot, EnvelopeFault fault);

    [LoggerMessage(20, LogLevel.Error, "The outcome of commit {CommitId} of session {Session} is unknown; it is repeated before another is taken.", EventName = "CommitOutcomeUnknown")]
    public static partial void CommitOutcomeUnknown(ILogger logger, Exception exception, AuthSessionId session, CommitId commitId);

    [LoggerMessage(21, LogLevel.Information, "Commit {CommitId} of session {Session}, whose outcome was unknown, was resolved: {Status}.", EventName = "CommitResolved")]
    public static partial void CommitResolved(ILogger logger, AuthSessionId session, CommitId commitId, Tiers.ColdCommitStatus status);

    [LoggerMessage(30, LogLevel.Critical, "The cold tier has session {Session} at version {ColdVersion} of incarnation {ColdIncarnation}, but version {SeenVersion} of incarnation {SeenIncarnation} was seen before: it went back in time.", EventName = "ColdWentBack")]
    public static partial void ColdWentBack(
        ILogger logger, AuthSessionId session, long coldIncarnation, long coldVersion, long seenIncarnation, long seenVersion);

    [LoggerMessage(40, LogLevel.Information, "Session {Session} was deleted at version {Version}.", EventName = "SessionDeleted")]
    public static partial void SessionDeleted(ILogger logger, AuthSessionId session, long version);

    [LoggerMessage(41, LogLevel.Information, "Session {Session} was imported.", EventName = "SessionImported")]
    public static partial void SessionImported(ILogger logger, AuthSessionId session);
}
