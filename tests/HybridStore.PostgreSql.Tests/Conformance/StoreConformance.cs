using HybridStore.Conformance.Stores;

namespace HybridStore.PostgreSql.Tests.Conformance;

public sealed class PostgreSqlStoreReadTests : StoreReadContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreCommitTests : StoreCommitContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreStalenessTests : StoreStalenessContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreDeletionTests : StoreDeletionContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreImportTests : StoreImportContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreEnumerationTests : StoreEnumerationContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreRaceTests : StoreRaceContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreInputTests : StoreInputContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreIsolationTests : StoreIsolationContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlStoreLeakTests : StoreLeakContract<PostgreSqlStoreFixture>;

public sealed class PostgreSqlSessionTests : SessionContract<PostgreSqlStoreFixture>;
