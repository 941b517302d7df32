using HybridStore.Conformance.Stores;

namespace HybridStore.RedisMongoDb.Tests;

// Seven tests of each fixture are skipped: they take cold away to see commits fail, count each call, or let another process write unheard, and so are only for what
// writes through (AuthStoreFixture.WritesThrough). What a holder does when cold fails it is in the tests of the core's outbox.
public sealed class QueuedReadTests : StoreReadContract<QueuedFixture>;

public sealed class QueuedCommitTests : StoreCommitContract<QueuedFixture>;

public sealed class QueuedStalenessTests : StoreStalenessContract<QueuedFixture>;

public sealed class QueuedDeletionTests : StoreDeletionContract<QueuedFixture>;

public sealed class QueuedImportTests : StoreImportContract<QueuedFixture>;

public sealed class QueuedEnumerationTests : StoreEnumerationContract<QueuedFixture>;

public sealed class QueuedRaceTests : StoreRaceContract<QueuedFixture>;

public sealed class QueuedInputTests : StoreInputContract<QueuedFixture>;

public sealed class QueuedIsolationTests : StoreIsolationContract<QueuedFixture>;

public sealed class QueuedLeakTests : StoreLeakContract<QueuedFixture>;

public sealed class QueuedHotTierTests : StoreHotTierContract<QueuedFixture>;

public sealed class PersistedElseQueuedReadTests : StoreReadContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedCommitTests : StoreCommitContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedStalenessTests : StoreStalenessContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedDeletionTests : StoreDeletionContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedImportTests : StoreImportContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedEnumerationTests : StoreEnumerationContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedRaceTests : StoreRaceContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedInputTests : StoreInputContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedIsolationTests : StoreIsolationContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedLeakTests : StoreLeakContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedHotTierTests : StoreHotTierContract<PersistedElseQueuedFixture>;

public sealed class PersistedReadTests : StoreReadContract<PersistedFixture>;

public sealed class PersistedCommitTests : StoreCommitContract<PersistedFixture>;

public sealed class PersistedStalenessTests : StoreStalenessContract<PersistedFixture>;

public sealed class PersistedDeletionTests : StoreDeletionContract<PersistedFixture>;

public sealed class PersistedImportTests : StoreImportContract<PersistedFixture>;

public sealed class PersistedEnumerationTests : StoreEnumerationContract<PersistedFixture>;

public sealed class PersistedRaceTests : StoreRaceContract<PersistedFixture>;

public sealed class PersistedInputTests : StoreInputContract<PersistedFixture>;

public sealed class PersistedIsolationTests : StoreIsolationContract<PersistedFixture>;

public sealed class PersistedLeakTests : StoreLeakContract<PersistedFixture>;

public sealed class PersistedHotTierTests : StoreHotTierContract<PersistedFixture>;
