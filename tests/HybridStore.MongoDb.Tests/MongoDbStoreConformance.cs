using HybridStore.Conformance.Stores;

namespace HybridStore.MongoDb.Tests;

public sealed class MongoDbStoreReadTests : StoreReadContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreCommitTests : StoreCommitContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreStalenessTests : StoreStalenessContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreDeletionTests : StoreDeletionContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreImportTests : StoreImportContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreEnumerationTests : StoreEnumerationContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreRaceTests : StoreRaceContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreInputTests : StoreInputContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreIsolationTests : StoreIsolationContract<MongoDbStoreFixture>;

public sealed class MongoDbStoreLeakTests : StoreLeakContract<MongoDbStoreFixture>;

public sealed class MongoDbSessionTests : SessionContract<MongoDbStoreFixture>;
