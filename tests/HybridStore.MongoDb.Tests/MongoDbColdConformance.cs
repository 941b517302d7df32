using HybridStore.Conformance.Tiers;

namespace HybridStore.MongoDb.Tests;

public sealed class MongoDbColdCommitTests : ColdCommitContract<MongoDbColdFixture>;

public sealed class MongoDbColdConditionTests : ColdConditionContract<MongoDbColdFixture>;

public sealed class MongoDbColdRepeatTests : ColdRepeatContract<MongoDbColdFixture>;

public sealed class MongoDbColdPrefixTests : ColdPrefixContract<MongoDbColdFixture>;

public sealed class MongoDbColdCoalescingTests : ColdCoalescingContract<MongoDbColdFixture>;

public sealed class MongoDbColdRollbackTests : ColdRollbackContract<MongoDbColdFixture>;

public sealed class MongoDbColdHistoryTests : ColdHistoryContract<MongoDbColdFixture>;

public sealed class MongoDbColdKeyTests : ColdKeyContract<MongoDbColdFixture>;

public sealed class MongoDbColdDeletionTests : ColdDeletionContract<MongoDbColdFixture>;

public sealed class MongoDbColdLeaseTests : ColdLeaseContract<MongoDbColdFixture>;

public sealed class MongoDbColdTakeoverTests : ColdTakeoverContract<MongoDbColdFixture>;

public sealed class MongoDbColdImportTests : ColdImportContract<MongoDbColdFixture>;

public sealed class MongoDbColdEnumerationTests : ColdEnumerationContract<MongoDbColdFixture>;

public sealed class MongoDbColdInputTests : ColdInputContract<MongoDbColdFixture>;

public sealed class MongoDbColdRaceTests : ColdRaceContract<MongoDbColdFixture>;

public sealed class MongoDbColdReopeningTests : ColdReopeningContract<MongoDbColdFixture>;
