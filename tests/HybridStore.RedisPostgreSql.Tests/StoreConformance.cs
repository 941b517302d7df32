using HybridStore.Conformance.Stores;

namespace HybridStore.RedisPostgreSql.Tests;

// The contract of races is here for what is persisted only. Queued, it hands sessions to and fro between processes, and waits for each hand-over by a clock that
// is the test's and runs ahead of Redis' own.
public sealed class QueuedReadTests : StoreReadContract<QueuedFixture>;

public sealed class QueuedCommitTests : StoreCommitContract<QueuedFixture>;

public sealed class QueuedStalenessTests : StoreStalenessContract<QueuedFixture>;

public sealed class QueuedDeletionTests : StoreDeletionContract<QueuedFixture>;

public sealed class QueuedImportTests : StoreImportContract<QueuedFixture>;

public sealed class QueuedEnumerationTests : StoreEnumerationContract<QueuedFixture>;

public sealed class QueuedInputTests : StoreInputContract<QueuedFixture>;

public sealed class QueuedIsolationTests : StoreIsolationContract<QueuedFixture>;

public sealed class QueuedHotTierTests : StoreHotTierContract<QueuedFixture>;

public sealed class PersistedElseQueuedReadTests : StoreReadContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedCommitTests : StoreCommitContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedStalenessTests : StoreStalenessContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedDeletionTests : StoreDeletionContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedImportTests : StoreImportContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedEnumerationTests : StoreEnumerationContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedInputTests : StoreInputContract<PersistedElseQueuedFixture>;

public sealed class PersistedElseQueuedIsolationTests : StoreIsolationContract<PersistedElseQueuedFixture>;

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

public sealed class PersistedHotTierTests : StoreHotTierContract<PersistedFixture>;
