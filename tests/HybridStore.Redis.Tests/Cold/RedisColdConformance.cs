using HybridStore.Conformance.Tiers;

namespace HybridStore.Redis.Tests.Cold;

public sealed class RedisColdCommitTests : ColdCommitContract<RedisColdFixture>;

public sealed class RedisColdConditionTests : ColdConditionContract<RedisColdFixture>;

public sealed class RedisColdRepeatTests : ColdRepeatContract<RedisColdFixture>;

public sealed class RedisColdPrefixTests : ColdPrefixContract<RedisColdFixture>;

public sealed class RedisColdCoalescingTests : ColdCoalescingContract<RedisColdFixture>;

public sealed class RedisColdRollbackTests : ColdRollbackContract<RedisColdFixture>;

public sealed class RedisColdKeyTests : ColdKeyContract<RedisColdFixture>;

public sealed class RedisColdDeletionTests : ColdDeletionContract<RedisColdFixture>;

public sealed class RedisColdLeaseTests : ColdLeaseContract<RedisColdFixture>;

public sealed class RedisColdTakeoverTests : ColdTakeoverContract<RedisColdFixture>;

public sealed class RedisColdImportTests : ColdImportContract<RedisColdFixture>;

public sealed class RedisColdEnumerationTests : ColdEnumerationContract<RedisColdFixture>;

public sealed class RedisColdInputTests : ColdInputContract<RedisColdFixture>;

public sealed class RedisColdRaceTests : ColdRaceContract<RedisColdFixture>;

public sealed class RedisColdReopeningTests : ColdReopeningContract<RedisColdFixture>;
