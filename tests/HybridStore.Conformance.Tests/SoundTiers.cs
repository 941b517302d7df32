using HybridStore.Conformance.Tiers;

namespace HybridStore.Conformance.Tests;

public sealed class InMemoryColdCommitTests : ColdCommitContract<InMemoryColdFixture>;

public sealed class InMemoryColdConditionTests : ColdConditionContract<InMemoryColdFixture>;

public sealed class InMemoryColdRepeatTests : ColdRepeatContract<InMemoryColdFixture>;

public sealed class InMemoryColdPrefixTests : ColdPrefixContract<InMemoryColdFixture>;

public sealed class InMemoryColdCoalescingTests : ColdCoalescingContract<InMemoryColdFixture>;

public sealed class InMemoryColdRollbackTests : ColdRollbackContract<InMemoryColdFixture>;

public sealed class InMemoryColdHistoryTests : ColdHistoryContract<InMemoryColdFixture>;

public sealed class InMemoryColdKeyTests : ColdKeyContract<InMemoryColdFixture>;

public sealed class InMemoryColdDeletionTests : ColdDeletionContract<InMemoryColdFixture>;

public sealed class InMemoryColdLeaseTests : ColdLeaseContract<InMemoryColdFixture>;

public sealed class InMemoryColdTakeoverTests : ColdTakeoverContract<InMemoryColdFixture>;

public sealed class InMemoryColdImportTests : ColdImportContract<InMemoryColdFixture>;

public sealed class InMemoryColdEnumerationTests : ColdEnumerationContract<InMemoryColdFixture>;

public sealed class InMemoryColdInputTests : ColdInputContract<InMemoryColdFixture>;

public sealed class InMemoryColdRaceTests : ColdRaceContract<InMemoryColdFixture>;

public sealed class SqliteColdCommitTests : ColdCommitContract<SqliteColdFixture>;

public sealed class SqliteColdConditionTests : ColdConditionContract<SqliteColdFixture>;

public sealed class SqliteColdRepeatTests : ColdRepeatContract<SqliteColdFixture>;

public sealed class SqliteColdPrefixTests : ColdPrefixContract<SqliteColdFixture>;

public sealed class SqliteColdCoalescingTests : ColdCoalescingContract<SqliteColdFixture>;

public sealed class SqliteColdRollbackTests : ColdRollbackContract<SqliteColdFixture>;

public sealed class SqliteColdHistoryTests : ColdHistoryContract<SqliteColdFixture>;

public sealed class SqliteColdKeyTests : ColdKeyContract<SqliteColdFixture>;

public sealed class SqliteColdDeletionTests : ColdDeletionContract<SqliteColdFixture>;

public sealed class SqliteColdLeaseTests : ColdLeaseContract<SqliteColdFixture>;

public sealed class SqliteColdTakeoverTests : ColdTakeoverContract<SqliteColdFixture>;

public sealed class SqliteColdImportTests : ColdImportContract<SqliteColdFixture>;

public sealed class SqliteColdEnumerationTests : ColdEnumerationContract<SqliteColdFixture>;

public sealed class SqliteColdInputTests : ColdInputContract<SqliteColdFixture>;

public sealed class SqliteColdRaceTests : ColdRaceContract<SqliteColdFixture>;

public sealed class SqliteColdReopeningTests : ColdReopeningContract<SqliteColdFixture>;

public sealed class InMemoryHotTierTests : HotTierContract<InMemoryHotFixture>;

public sealed class ModelHotTierTests : HotTierContract<ModelHotFixture>;

public sealed class ModelHotQueueTests : HotQueueContract<ModelHotFixture>;

public sealed class ModelHotRepeatTests : HotRepeatContract<ModelHotFixture>;

public sealed class ModelHotOutboxTests : HotOutboxContract<ModelHotFixture>;

public sealed class ModelHotEpochTests : HotEpochContract<ModelHotFixture>;

public sealed class ModelHotChangesTests : HotChangesContract<ModelHotFixture>;
