using HybridStore.Conformance.Stores;

namespace HybridStore.Conformance.Tests;

public sealed class QueuedSessionTests : SessionContract<QueuedStoreFixture>;

public sealed class PersistedElseQueuedSessionTests : SessionContract<PersistedElseQueuedStoreFixture>;

public sealed class PersistedSessionTests : SessionContract<PersistedStoreFixture>;

public sealed class UnheldStoreReadTests : StoreReadContract<UnheldStoreFixture>;

public sealed class UnheldStoreCommitTests : StoreCommitContract<UnheldStoreFixture>;

public sealed class UnheldStoreStalenessTests : StoreStalenessContract<UnheldStoreFixture>;

public sealed class UnheldStoreDeletionTests : StoreDeletionContract<UnheldStoreFixture>;

public sealed class UnheldStoreImportTests : StoreImportContract<UnheldStoreFixture>;

public sealed class UnheldStoreEnumerationTests : StoreEnumerationContract<UnheldStoreFixture>;

public sealed class UnheldStoreRaceTests : StoreRaceContract<UnheldStoreFixture>;

public sealed class UnheldStoreInputTests : StoreInputContract<UnheldStoreFixture>;

public sealed class UnheldStoreIsolationTests : StoreIsolationContract<UnheldStoreFixture>;

public sealed class UnheldStoreLeakTests : StoreLeakContract<UnheldStoreFixture>;

public sealed class UnheldStoreHotTierTests : StoreHotTierContract<UnheldStoreFixture>;

public sealed class HeldQueuedStoreReadTests : StoreReadContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreCommitTests : StoreCommitContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreStalenessTests : StoreStalenessContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreDeletionTests : StoreDeletionContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreImportTests : StoreImportContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreEnumerationTests : StoreEnumerationContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreRaceTests : StoreRaceContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreInputTests : StoreInputContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreIsolationTests : StoreIsolationContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreLeakTests : StoreLeakContract<HeldQueuedStoreFixture>;

public sealed class HeldQueuedStoreHotTierTests : StoreHotTierContract<HeldQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreReadTests : StoreReadContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreCommitTests : StoreCommitContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreStalenessTests : StoreStalenessContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreDeletionTests : StoreDeletionContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreImportTests : StoreImportContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreEnumerationTests : StoreEnumerationContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreRaceTests : StoreRaceContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreInputTests : StoreInputContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreIsolationTests : StoreIsolationContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreLeakTests : StoreLeakContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedElseQueuedStoreHotTierTests : StoreHotTierContract<HeldPersistedElseQueuedStoreFixture>;

public sealed class HeldPersistedStoreReadTests : StoreReadContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreCommitTests : StoreCommitContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreStalenessTests : StoreStalenessContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreDeletionTests : StoreDeletionContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreImportTests : StoreImportContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreEnumerationTests : StoreEnumerationContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreRaceTests : StoreRaceContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreInputTests : StoreInputContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreIsolationTests : StoreIsolationContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreLeakTests : StoreLeakContract<HeldPersistedStoreFixture>;

public sealed class HeldPersistedStoreHotTierTests : StoreHotTierContract<HeldPersistedStoreFixture>;

public sealed class HeldQueuedSqliteStoreReadTests : StoreReadContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreCommitTests : StoreCommitContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreStalenessTests : StoreStalenessContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreDeletionTests : StoreDeletionContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreImportTests : StoreImportContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreEnumerationTests : StoreEnumerationContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreRaceTests : StoreRaceContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreInputTests : StoreInputContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreIsolationTests : StoreIsolationContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreLeakTests : StoreLeakContract<HeldQueuedSqliteStoreFixture>;

public sealed class HeldQueuedSqliteStoreHotTierTests : StoreHotTierContract<HeldQueuedSqliteStoreFixture>;
