using HybridStore.Conformance.Tiers;

namespace HybridStore.PostgreSql.Tests.Conformance;

public sealed class PostgreSqlColdCommitTests : ColdCommitContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdConditionTests : ColdConditionContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdRepeatTests : ColdRepeatContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdPrefixTests : ColdPrefixContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdCoalescingTests : ColdCoalescingContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdRollbackTests : ColdRollbackContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdHistoryTests : ColdHistoryContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdKeyTests : ColdKeyContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdDeletionTests : ColdDeletionContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdLeaseTests : ColdLeaseContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdTakeoverTests : ColdTakeoverContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdImportTests : ColdImportContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdEnumerationTests : ColdEnumerationContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdInputTests : ColdInputContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdRaceTests : ColdRaceContract<PostgreSqlColdFixture>;

public sealed class PostgreSqlColdReopeningTests : ColdReopeningContract<PostgreSqlColdFixture>;
