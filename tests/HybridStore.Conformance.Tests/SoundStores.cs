using HybridStore.Conformance.Stores;

namespace HybridStore.Conformance.Tests;

public sealed class MemoryStoreReadTests : StoreReadContract<MemoryStoreFixture>;

public sealed class MemoryStoreCommitTests : StoreCommitContract<MemoryStoreFixture>;

public sealed class MemoryStoreStalenessTests : StoreStalenessContract<MemoryStoreFixture>;

public sealed class MemoryStoreDeletionTests : StoreDeletionContract<MemoryStoreFixture>;

public sealed class MemoryStoreImportTests : StoreImportContract<MemoryStoreFixture>;

public sealed class MemoryStoreEnumerationTests : StoreEnumerationContract<MemoryStoreFixture>;

public sealed class MemoryStoreRaceTests : StoreRaceContract<MemoryStoreFixture>;

public sealed class MemoryStoreInputTests : StoreInputContract<MemoryStoreFixture>;

public sealed class MemoryStoreIsolationTests : StoreIsolationContract<MemoryStoreFixture>;

public sealed class MemoryStoreLeakTests : StoreLeakContract<MemoryStoreFixture>;

public sealed class SqliteStoreReadTests : StoreReadContract<SqliteStoreFixture>;

public sealed class SqliteStoreCommitTests : StoreCommitContract<SqliteStoreFixture>;

public sealed class SqliteStoreStalenessTests : StoreStalenessContract<SqliteStoreFixture>;

public sealed class SqliteStoreDeletionTests : StoreDeletionContract<SqliteStoreFixture>;

public sealed class SqliteStoreImportTests : StoreImportContract<SqliteStoreFixture>;

public sealed class SqliteStoreEnumerationTests : StoreEnumerationContract<SqliteStoreFixture>;

public sealed class SqliteStoreRaceTests : StoreRaceContract<SqliteStoreFixture>;

public sealed class SqliteStoreInputTests : StoreInputContract<SqliteStoreFixture>;

public sealed class SqliteStoreIsolationTests : StoreIsolationContract<SqliteStoreFixture>;

public sealed class SqliteStoreLeakTests : StoreLeakContract<SqliteStoreFixture>;

public sealed class HybridSqliteStoreReadTests : StoreReadContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreCommitTests : StoreCommitContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreStalenessTests : StoreStalenessContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreDeletionTests : StoreDeletionContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreImportTests : StoreImportContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreEnumerationTests : StoreEnumerationContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreRaceTests : StoreRaceContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreInputTests : StoreInputContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreIsolationTests : StoreIsolationContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreLeakTests : StoreLeakContract<HybridSqliteStoreFixture>;

public sealed class HybridSqliteStoreHotTierTests : StoreHotTierContract<HybridSqliteStoreFixture>;

public sealed class MemorySessionTests : SessionContract<MemoryStoreFixture>;

public sealed class SqliteSessionTests : SessionContract<SqliteStoreFixture>;

public sealed class HybridSqliteSessionTests : SessionContract<HybridSqliteStoreFixture>;
