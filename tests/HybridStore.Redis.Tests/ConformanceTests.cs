using HybridStore.Conformance.Tiers;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.Redis.Tests;

public sealed class RedisHotTierContractTests : HotTierContract<RedisHotFixture>;

public sealed class RedisHotEpochTests : HotEpochContract<RedisHotFixture>;

public sealed class RedisHotQueueTests : HotQueueContract<RedisHotFixture>;

public sealed class RedisHotRepeatTests : HotRepeatContract<RedisHotFixture>;

public sealed class RedisHotOutboxTests : HotOutboxContract<RedisHotFixture>;

public sealed class RedisHotChangesTests : HotChangesContract<RedisHotFixture>;
