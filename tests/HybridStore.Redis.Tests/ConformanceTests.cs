using HybridStore.Conformance.Tiers;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.Redis.Tests;

public sealed class RedisHotTierContractTests : HotTierContract<RedisHotFixture>;
