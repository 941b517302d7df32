using HybridStore.Conformance.Stores;

namespace HybridStore.Redis.Tests.Cold;

public sealed class RedisOnlyStoreReadTests : StoreReadContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreCommitTests : StoreCommitContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreStalenessTests : StoreStalenessContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreDeletionTests : StoreDeletionContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreImportTests : StoreImportContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreEnumerationTests : StoreEnumerationContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreRaceTests : StoreRaceContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreInputTests : StoreInputContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreIsolationTests : StoreIsolationContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlyStoreLeakTests : StoreLeakContract<RedisOnlyStoreFixture>;

public sealed class RedisOnlySessionTests : SessionContract<RedisOnlyStoreFixture>;
