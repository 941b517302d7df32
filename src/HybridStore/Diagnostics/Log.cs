using Microsoft.Extensions.Logging;

namespace HybridStore.Diagnostics;

/// <summary>Every log message of the core. Sessions are named; record ids are not, since they are phone numbers; values never are.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is ready: hot {Hot}, cold {Cold}.", EventName = "StoreReady")]
    public static partial void StoreReady(ILogger logger, string hot, string cold);

    [LoggerMessage(2, LogLevel.Warning, "The cold tier {Cold} does not answer at start; the store keeps trying with each call.", EventName = "ColdUnavailableAtStart")]
    public static partial void ColdUnavailableAtStart(ILogger logger, Exception exception, string cold);

    [LoggerMessage(3, LogLevel.Information, "The {Tier} tier is {Scheme}, chosen by {Source}.", EventName = "TierChosen")]
    public static partial void TierChosen(ILogger logger, string tier, string scheme, string source);

    [LoggerMessage(4, LogLevel.Warning, "Nothing chooses the {Tier} tier, so it is the embedded one, {Scheme}: {Consequence}. Set {Variables} to choose another, or to this one if it is meant.", EventName = "TierByDefault")]
    public static partial void TierByDefault(ILogger logger, string tier, string scheme, string consequence, string variables);

    [LoggerMessage(10, LogLevel.Warning, "The hot tier {Hot} did not answer ({Operation}); went on with cold.", EventName = "HotUnavailable")]
    public static partial void HotUnavailable(ILogger logger, Exception exception, string hot, string operation);

    [LoggerMessage(12, LogLevel.Debug, "The hot tier {Hot} still does not answer ({Operation}); went on with cold.", EventName = "HotStillUnavailable")]
    public static partial void HotStillUnavailable(ILogger logger, string hot, string operation);

    [LoggerMessage(11, LogLevel.Warning, "An envelope of session {Session} in the hot tier {Hot} did not open ({Fault}); its copy was dropped and cold is asked.", EventName = "HotEnvelopeDamaged")]
    public static partial void HotEnvelopeDamaged(ILogger logger, AuthSessionId session, string hot, EnvelopeFault fault);

    [LoggerMessage(13, LogLevel.Error, "A record of the type {Type} of session {Session}, written at version {Version}, did not open in the cold tier {Cold} ({Fault}). It stays as it is, and no commit replaces it unless it says so.", EventName = "EnvelopeDamaged")]
    public static partial void EnvelopeDamaged(ILogger logger, AuthSessionId session, string type, long version, string cold, EnvelopeFault fault);

    [LoggerMessage(14, LogLevel.Warning, "A record of the type {Type} of session {Session}, written at version {Version}, did not open ({Fault}) and was replaced. What it was is in quarantine as {Id}.", EventName = "EnvelopeQuarantined")]
    public static partial void EnvelopeQuarantined(ILogger logger, AuthSessionId session, string type, long version, EnvelopeFault fault, string id);

    [LoggerMessage(15, LogLevel.Error, "A listener for damaged records failed; it was told of session {Session}.", EventName = "DamageListenerFailed")]
    public static partial void DamageListenerFailed(ILogger logger, Exception exception, AuthSessionId session);

    [LoggerMessage(20, LogLevel.Error, "The outcome of commit {CommitId} of session {Session} is unknown; it is repeated before another is taken.", EventName = "CommitOutcomeUnknown")]
    public static partial void CommitOutcomeUnknown(ILogger logger, Exception exception, AuthSessionId session, CommitId commitId);

    [LoggerMessage(21, LogLevel.Information, "Commit {CommitId} of session {Session}, whose outcome was unknown, was resolved: {Status}.", EventName = "CommitResolved")]
    public static partial void CommitResolved(ILogger logger, AuthSessionId session, CommitId commitId, Tiers.ColdCommitStatus status);

    [LoggerMessage(30, LogLevel.Critical, "The cold tier has session {Session} at version {ColdVersion} of incarnation {ColdIncarnation}, but version {SeenVersion} of incarnation {SeenIncarnation} was seen before: it went back in time.", EventName = "ColdWentBack")]
    public static partial void ColdWentBack(
        ILogger logger, AuthSessionId session, long coldIncarnation, long coldVersion, long seenIncarnation, long seenVersion);

    [LoggerMessage(40, LogLevel.Information, "Session {Session} was deleted at version {Version}.", EventName = "SessionDeleted")]
    public static partial void SessionDeleted(ILogger logger, AuthSessionId session, long version);

    [LoggerMessage(44, LogLevel.Information, "Session {Session} was erased, in its life {Incarnation} and all before; from every place: {IsComplete}.", EventName = "SessionErased")]
    public static partial void SessionErased(ILogger logger, AuthSessionId session, long incarnation, bool isComplete);

    [LoggerMessage(41, LogLevel.Information, "Session {Session} was imported.", EventName = "SessionImported")]
    public static partial void SessionImported(ILogger logger, AuthSessionId session);

    [LoggerMessage(42, LogLevel.Warning, "Session {Session} was restored from a backup, at version {Version} of incarnation {Incarnation}. It is marked as rolled back and says so to whoever opens it.", EventName = "SessionRestored")]
    public static partial void SessionRestored(ILogger logger, AuthSessionId session, long version, long incarnation);

    [LoggerMessage(43, LogLevel.Warning, "Session {Session} was rolled back to version {To}, and is at version {Version} now. It is marked as rolled back and says so to whoever opens it.", EventName = "SessionRolledBack")]
    public static partial void SessionRolledBack(ILogger logger, AuthSessionId session, long to, long version);

    [LoggerMessage(45, LogLevel.Warning, "What the cold tier has of session {Session} was accepted after it went back in time to version {To}; the session is at version {Version} now. It is marked as rolled back and says so to whoever opens it.", EventName = "ColdAccepted")]
    public static partial void ColdAccepted(ILogger logger, AuthSessionId session, long to, long version);

    [LoggerMessage(46, LogLevel.Warning, "That the cold tier has lost session {Session} was accepted after it went back in time: the session is over. Who opens it begins it anew.", EventName = "LossAccepted")]
    public static partial void LossAccepted(ILogger logger, AuthSessionId session);

    [LoggerMessage(50, LogLevel.Information, "The lease on session {Session} was taken under epoch {Epoch}.", EventName = "LeaseTaken")]
    public static partial void LeaseTaken(ILogger logger, AuthSessionId session, long epoch);

    [LoggerMessage(51, LogLevel.Information, "The lease on session {Session} under epoch {Epoch} was given back.", EventName = "LeaseReleased")]
    public static partial void LeaseReleased(ILogger logger, AuthSessionId session, long epoch);

    [LoggerMessage(52, LogLevel.Warning, "The lease on session {Session} under epoch {Epoch} could not be given back; it runs out.", EventName = "LeaseNotReleased")]
    public static partial void LeaseNotReleased(ILogger logger, Exception exception, AuthSessionId session, long epoch);

    [LoggerMessage(53, LogLevel.Error, "The lease on session {Session} under epoch {Epoch} is lost: nothing more is written under it.", EventName = "LeaseLost")]
    public static partial void LeaseLost(ILogger logger, AuthSessionId session, long epoch);

    [LoggerMessage(54, LogLevel.Warning, "The leases could not be extended now; they are tried again until they run out.", EventName = "LeasesNotRenewed")]
    public static partial void LeasesNotRenewed(ILogger logger, Exception exception);

    [LoggerMessage(55, LogLevel.Warning, "Session {Session} was held by {Holder}, a process of this machine that has ended; its lease is taken over.", EventName = "LeaseOfDeadProcess")]
    public static partial void LeaseOfDeadProcess(ILogger logger, AuthSessionId session, string holder);

    [LoggerMessage(56, LogLevel.Information, "Session {Session} is held by {Holder}; waiting for it.", EventName = "LeaseAwaited")]
    public static partial void LeaseAwaited(ILogger logger, AuthSessionId session, string holder);

    [LoggerMessage(57, LogLevel.Error, "A listener for the end of the lease on session {Session} failed.", EventName = "ListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, Exception exception, AuthSessionId session);

    [LoggerMessage(60, LogLevel.Error, "Credentials of session {Session} could not be saved; they are tried again when they are saved next, or when the session is closed.", EventName = "CredentialsNotSaved")]
    public static partial void CredentialsNotSaved(ILogger logger, Exception exception, AuthSessionId session);

    [LoggerMessage(70, LogLevel.Warning, "What session {Session} has queued could not be drained now; it is tried again.", EventName = "NotDrained")]
    public static partial void NotDrained(ILogger logger, Exception exception, AuthSessionId session);

    [LoggerMessage(71, LogLevel.Error, "Cold refuses the queued commit of session {Session} that made version {Version} ({Reason}); try {Try}.", EventName = "EntryRefused")]
    public static partial void EntryRefused(ILogger logger, Exception? exception, AuthSessionId session, long version, string reason, int @try);

    [LoggerMessage(72, LogLevel.Critical, "Session {Session} is parked: cold refuses its queued commit that made version {Version} ({Reason}). It takes no commits until that is retried or discarded.", EventName = "SessionParked")]
    public static partial void SessionParked(ILogger logger, AuthSessionId session, long version, string reason);

    [LoggerMessage(73, LogLevel.Information, "Session {Session} was taken over with {Entries} queued commits; they were drained.", EventName = "TakenOver")]
    public static partial void TakenOver(ILogger logger, AuthSessionId session, int entries);

    [LoggerMessage(74, LogLevel.Critical, "Session {Session} was rolled back at version {Version}: {Reason}. Commits that were acknowledged as queued are lost, or may be. It says so to whoever opens it.", EventName = "RolledBack")]
    public static partial void RolledBack(ILogger logger, AuthSessionId session, long version, string reason);

    [LoggerMessage(75, LogLevel.Warning, "The hot tier {Hot} had lost a part of session {Session}; it was given again what this process knows ({Entries} queued commits).", EventName = "HotHealed")]
    public static partial void HotHealed(ILogger logger, string hot, AuthSessionId session, int entries);

    [LoggerMessage(76, LogLevel.Warning, "{Sessions} sessions were closed with {Entries} commits ({Bytes} bytes) that cold does not have yet. They stay in hot for whoever opens these sessions next.", EventName = "OutboxRemains")]
    public static partial void OutboxRemains(ILogger logger, int sessions, int entries, long bytes);

    [LoggerMessage(77, LogLevel.Warning, "Sessions with queued commits could not be looked for now; it is tried again.", EventName = "NotReconciled")]
    public static partial void NotReconciled(ILogger logger, Exception exception);

    [LoggerMessage(78, LogLevel.Warning, "What session {Session} has queued could not be taken over now; it is tried again.", EventName = "SessionNotReconciled")]
    public static partial void SessionNotReconciled(ILogger logger, Exception exception, AuthSessionId session);

    [LoggerMessage(80, LogLevel.Warning, "Hot could not be told what cold has taken; it is tried again.", EventName = "NotAcknowledged")]
    public static partial void NotAcknowledged(ILogger logger, Exception exception);

    [LoggerMessage(81, LogLevel.Warning, "Cold could not be told that commits of session {Session} may be queued; until it is, they are persisted.", EventName = "NotMarkedAhead")]
    public static partial void NotMarkedAhead(ILogger logger, Exception exception, AuthSessionId session);

    [LoggerMessage(79, LogLevel.Information, "The rollback of session {Session} was acknowledged.", EventName = "RollbackAcknowledged")]
    public static partial void RollbackAcknowledged(ILogger logger, AuthSessionId session);

    [LoggerMessage(90, LogLevel.Information, "The master key {Key} was made and added to the key ring; it is active from {ActivatesAt:O} on.", EventName = "MasterKeyMade")]
    public static partial void MasterKeyMade(ILogger logger, string key, DateTimeOffset activatesAt);

    [LoggerMessage(91, LogLevel.Warning, "The key ring could not be read again; what was read before is used, and it is tried again.", EventName = "KeyRingNotRefreshed")]
    public static partial void KeyRingNotRefreshed(ILogger logger, Exception exception);

    [LoggerMessage(92, LogLevel.Error, "The master key {Key} of the key ring does not open ({Provider} wrapped it): no session opens that was encrypted under it.", EventName = "MasterKeyNotOpened")]
    public static partial void MasterKeyNotOpened(ILogger logger, string key, string provider);

    [LoggerMessage(93, LogLevel.Warning, "The master key {Key} was revoked: what it wrapped is opened only to be wrapped under another one.", EventName = "MasterKeyRevoked")]
    public static partial void MasterKeyRevoked(ILogger logger, string key);

    [LoggerMessage(94, LogLevel.Warning, "The master key {Key} was deleted from the key ring.", EventName = "MasterKeyDeleted")]
    public static partial void MasterKeyDeleted(ILogger logger, string key);

    [LoggerMessage(95, LogLevel.Information, "{Job}: {Sessions} sessions seen, {Changed} changed, {Failed} failed; the last was {Session}.", EventName = "KeyJobProgress")]
    public static partial void KeyJobProgress(ILogger logger, string job, long sessions, long changed, long failed, AuthSessionId session);

    [LoggerMessage(96, LogLevel.Error, "{Job}: session {Session} was left as it is ({Fault}).", EventName = "KeyJobFailed")]
    public static partial void KeyJobFailed(ILogger logger, string job, AuthSessionId session, string fault);

    [LoggerMessage(97, LogLevel.Information, "Session {Session} has a new data key, after {Seals} records were sealed here under the one before (bound of {Cipher}: {Limit}, {Source}).", EventName = "DataKeyUsedUp")]
    public static partial void DataKeyUsedUp(ILogger logger, AuthSessionId session, long seals, Codec.EnvelopeCipher cipher, long limit, string source);

    [LoggerMessage(98, LogLevel.Warning, "Session {Session} needs a new data key, after {Seals} records were sealed here under the one it has, and could not be given one (bound of {Cipher}: {Limit}, {Source}).", EventName = "DataKeyNotReplaced")]
    public static partial void DataKeyNotReplaced(ILogger logger, Exception? exception, AuthSessionId session, long seals, Codec.EnvelopeCipher cipher, long limit, string source);

    [LoggerMessage(100, LogLevel.Error, "The audit trail lacks an entry that could not be written: {Kind} of {Tenant}/{Session}.", EventName = "AuditNotWritten")]
    public static partial void AuditNotWritten(ILogger logger, Exception exception, AuditKind kind, string? tenant, string? session);

    [LoggerMessage(101, LogLevel.Error, "The audit trail can't be written.", EventName = "AuditNotWritable")]
    public static partial void AuditNotWritable(ILogger logger, Exception exception);

    [LoggerMessage(120, LogLevel.Error, "The breaker of the {Tier} tier {Name} opened: it is not asked for {Break}. The last call failed.", EventName = "BreakerOpened")]
    public static partial void BreakerOpened(ILogger logger, Exception? exception, string tier, string name, TimeSpan @break);

    [LoggerMessage(121, LogLevel.Information, "The {Tier} tier {Name} is asked once, to see whether it is back.", EventName = "BreakerHalfOpened")]
    public static partial void BreakerHalfOpened(ILogger logger, string tier, string name);

    [LoggerMessage(122, LogLevel.Information, "The breaker of the {Tier} tier {Name} closed; by hand: {ByHand}.", EventName = "BreakerClosed")]
    public static partial void BreakerClosed(ILogger logger, string tier, string name, bool byHand);

    [LoggerMessage(123, LogLevel.Warning, "The {Tier} tier {Name} was isolated: it is not asked until it is released.", EventName = "TierIsolated")]
    public static partial void TierIsolated(ILogger logger, string tier, string name);

    [LoggerMessage(124, LogLevel.Warning, "The breaker of tenant {Tenant} at the {Tier} tier {Name} opened, while others are answered there: it is not asked for this tenant for {Break}.", EventName = "TenantBreakerOpened")]
    public static partial void TenantBreakerOpened(ILogger logger, Exception? exception, string tenant, string tier, string name, TimeSpan @break);

    [LoggerMessage(125, LogLevel.Information, "The breaker of tenant {Tenant} at the {Tier} tier {Name} closed.", EventName = "TenantBreakerClosed")]
    public static partial void TenantBreakerClosed(ILogger logger, string tenant, string tier, string name);

    [LoggerMessage(126, LogLevel.Debug, "The {Tier} tier {Name} did not do a call; attempt {Attempt} comes in {Delay}.", EventName = "CallRetried")]
    public static partial void CallRetried(ILogger logger, Exception? exception, string tier, string name, int attempt, TimeSpan delay);
}
