using HybridStore.Conformance.Tiers;

namespace HybridStore.PostgreSql.Tests.Conformance;

public sealed class BouncedColdCommitTests : ColdCommitContract<BouncedColdFixture>;

public sealed class BouncedColdConditionTests : ColdConditionContract<BouncedColdFixture>;

public sealed class BouncedColdRepeatTests : ColdRepeatContract<BouncedColdFixture>;

public sealed class BouncedColdPrefixTests : ColdPrefixContract<BouncedColdFixture>;

public sealed class BouncedColdCoalescingTests : ColdCoalescingContract<BouncedColdFixture>;

public sealed class BouncedColdRollbackTests : ColdRollbackContract<BouncedColdFixture>;

public sealed class BouncedColdHistoryTests : ColdHistoryContract<BouncedColdFixture>;

public sealed class BouncedColdKeyTests : ColdKeyContract<BouncedColdFixture>;

public sealed class BouncedColdDeletionTests : ColdDeletionContract<BouncedColdFixture>;

public sealed class BouncedColdLeaseTests : ColdLeaseContract<BouncedColdFixture>;

public sealed class BouncedColdTakeoverTests : ColdTakeoverContract<BouncedColdFixture>;

public sealed class BouncedColdImportTests : ColdImportContract<BouncedColdFixture>;

public sealed class BouncedColdEnumerationTests : ColdEnumerationContract<BouncedColdFixture>;

public sealed class BouncedColdInputTests : ColdInputContract<BouncedColdFixture>;

public sealed class BouncedColdRaceTests : ColdRaceContract<BouncedColdFixture>;

public sealed class BouncedColdReopeningTests : ColdReopeningContract<BouncedColdFixture>;
