using HybridStore.Conformance.Stores;
using HybridStore.Conformance.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>The contracts as classes that can be made for any fixture by reflection. xunit does not find them: they are generic and not public.</summary>
internal static class Contracts
{
    public static IReadOnlyList<Type> Cold { get; } =
    [
        typeof(ColdCommit<>), typeof(ColdCondition<>), typeof(ColdRepeat<>), typeof(ColdPrefix<>), typeof(ColdCoalescing<>), typeof(ColdRollback<>), typeof(ColdDeletion<>), typeof(ColdLease<>), typeof(ColdTakeover<>), typeof(ColdImport<>), typeof(ColdEnumeration<>), typeof(ColdInput<>), typeof(ColdRace<>), typeof(ColdReopening<>), typeof(ColdHistory<>), typeof(ColdKey<>),
    ];

    public static IReadOnlyList<Type> Hot { get; } = [typeof(HotTier<>), typeof(HotQueue<>), typeof(HotRepeat<>), typeof(HotOutbox<>), typeof(HotEpoch<>), typeof(HotChanges<>)];

    public static IReadOnlyList<Type> Store { get; } =
    [
        typeof(StoreRead<>), typeof(StoreCommit<>), typeof(StoreStaleness<>), typeof(StoreDeletion<>), typeof(StoreImport<>), typeof(StoreEnumeration<>), typeof(StoreRace<>), typeof(StoreInput<>), typeof(StoreIsolation<>), typeof(StoreHotTier<>), typeof(StoreSession<>), typeof(StoreLeak<>),
    ];

    public static IEnumerable<Type> For(Type fixture) =>
        (typeof(ColdTierFixture).IsAssignableFrom(fixture) ? Cold : typeof(HotTierFixture).IsAssignableFrom(fixture) ? Hot : Store).Select(c => c.MakeGenericType(fixture));

    // CA1812: made by reflection.
#pragma warning disable CA1812
    private sealed class ColdCommit<T> : ColdCommitContract<T> where T : ColdTierFixture, new();

    private sealed class ColdCondition<T> : ColdConditionContract<T> where T : ColdTierFixture, new();

    private sealed class ColdRepeat<T> : ColdRepeatContract<T> where T : ColdTierFixture, new();

    private sealed class ColdPrefix<T> : ColdPrefixContract<T> where T : ColdTierFixture, new();

    private sealed class ColdCoalescing<T> : ColdCoalescingContract<T> where T : ColdTierFixture, new();

    private sealed class ColdRollback<T> : ColdRollbackContract<T> where T : ColdTierFixture, new();

    private sealed class ColdDeletion<T> : ColdDeletionContract<T> where T : ColdTierFixture, new();

    private sealed class ColdLease<T> : ColdLeaseContract<T> where T : ColdTierFixture, new();

    private sealed class ColdTakeover<T> : ColdTakeoverContract<T> where T : ColdTierFixture, new();

    private sealed class ColdImport<T> : ColdImportContract<T> where T : ColdTierFixture, new();

    private sealed class ColdEnumeration<T> : ColdEnumerationContract<T> where T : ColdTierFixture, new();

    private sealed class ColdInput<T> : ColdInputContract<T> where T : ColdTierFixture, new();

    private sealed class ColdRace<T> : ColdRaceContract<T> where T : ColdTierFixture, new();

    private sealed class ColdReopening<T> : ColdReopeningContract<T> where T : ColdTierFixture, new();

    private sealed class ColdHistory<T> : ColdHistoryContract<T> where T : ColdTierFixture, new();

    private sealed class ColdKey<T> : ColdKeyContract<T> where T : ColdTierFixture, new();

    private sealed class HotTier<T> : HotTierContract<T> where T : HotTierFixture, new();

    private sealed class HotQueue<T> : HotQueueContract<T> where T : HotTierFixture, new();

    private sealed class HotRepeat<T> : HotRepeatContract<T> where T : HotTierFixture, new();

    private sealed class HotOutbox<T> : HotOutboxContract<T> where T : HotTierFixture, new();

    private sealed class HotEpoch<T> : HotEpochContract<T> where T : HotTierFixture, new();

    private sealed class HotChanges<T> : HotChangesContract<T> where T : HotTierFixture, new();

    private sealed class StoreRead<T> : StoreReadContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreCommit<T> : StoreCommitContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreStaleness<T> : StoreStalenessContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreDeletion<T> : StoreDeletionContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreImport<T> : StoreImportContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreEnumeration<T> : StoreEnumerationContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreRace<T> : StoreRaceContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreInput<T> : StoreInputContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreIsolation<T> : StoreIsolationContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreLeak<T> : StoreLeakContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreHotTier<T> : StoreHotTierContract<T> where T : AuthStoreFixture, new();

    private sealed class StoreSession<T> : SessionContract<T> where T : AuthStoreFixture, new();
#pragma warning restore CA1812
}
