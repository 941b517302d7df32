using HybridStore.Conformance.Stores;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

// One fixture for each broken tier or store: sound but for the one thing.
#pragma warning disable CA1812 // They are made by reflection.

internal sealed class ForgetfulColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new ForgetfulCold(sound);
}

internal sealed class PiecemealColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new PiecemealCold(sound);
}

internal sealed class UnconditionalColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new UnconditionalCold(sound);
}

internal sealed class LaggingColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new LaggingCold(sound);
}

internal sealed class RevivingColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new RevivingCold(sound);
}

internal sealed class RepeatingColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new RepeatingCold(sound);
}

internal sealed class ExpiringColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new ExpiringCold(sound, Clock);
}

internal sealed class UnfencedColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new UnfencedCold(sound);
}

internal sealed class GullibleColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new GullibleCold(sound);
}

internal sealed class JoiningColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new JoiningCold(sound);
}

internal sealed class ErrorIsTheEndColdFixture : InMemoryColdFixture
{
    protected override IColdTier Break(IColdTier sound) => new ErrorIsTheEndCold(sound);
}

internal sealed class MissIsAbsentHotFixture : InMemoryHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new MissIsAbsentHot(sound);
}

internal sealed class GapBlindHotFixture : InMemoryHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new GapBlindHot(sound);
}

internal sealed class LateFillingHotFixture : InMemoryHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new LateFillingHot(sound);
}

internal sealed class EpochBlindHotFixture : InMemoryHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new EpochBlindHot(sound);
}

internal sealed class HastyOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new HastyOutboxHot(sound);
}

internal sealed class GapBlindOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new GapBlindOutboxHot(sound);
}

internal sealed class PiecemealOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new PiecemealOutboxHot(sound);
}

internal sealed class RecordLosingOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new RecordLosingOutboxHot(sound);
}

internal sealed class RevivingOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new RevivingOutboxHot(sound);
}

internal sealed class RepeatingOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new RepeatingOutboxHot(sound);
}

internal sealed class EvictingOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new EvictingOutboxHot(sound);
}

internal sealed class UnfencedOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new UnfencedOutboxHot(sound);
}

internal sealed class JoiningOutboxHotFixture : ModelHotFixture
{
    protected override IHotTier Break(IHotTier sound) => new JoiningOutboxHot(sound);
}

/// <summary>Promise 7: lets expire what waits for cold.</summary>
internal sealed class ExpiringOutboxHotFixture : ModelHotFixture
{
    public override ValueTask<bool> ExpireIdleAsync() => FlushAsync();
}

internal sealed class ErrorIsAbsenceStoreFixture : HybridMemoryStoreFixture
{
    protected override IAuthStateStore Wrap(IAuthStateStore store) => new ErrorIsAbsenceStore(store);
}

internal sealed class UnboundStoreFixture : HybridMemoryStoreFixture
{
    protected override IAuthStateStore Wrap(IAuthStateStore store) => new UnboundStore(store);
}

internal sealed class RewritingStoreFixture : HybridMemoryStoreFixture
{
    protected override IAuthStateStore Wrap(IAuthStateStore store) => new RewritingStore(store);
}

internal sealed class GullibleStoreFixture : HybridMemoryStoreFixture
{
    protected override IAuthStateStore Wrap(IAuthStateStore store) => new GullibleStore(store);
}

internal sealed class PlaintextStoreFixture : HybridMemoryStoreFixture
{
    public override async ValueTask<OpenedStore> OpenAsync()
    {
        var opened = await base.OpenAsync();
        return opened with { Store = new PlaintextStore(opened.Store, opened.Cold!) };
    }
}

internal sealed class StoreOverLaggingColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new LaggingCold(sound);
}

internal sealed class StoreOverForgetfulColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new ForgetfulCold(sound);
}

internal sealed class StoreOverPiecemealColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new PiecemealCold(sound);
}

internal sealed class StoreOverRepeatingColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new RepeatingCold(sound);
}

internal sealed class StoreOverRevivingColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new RevivingCold(sound);
}

internal sealed class StoreOverUnfencedColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new UnfencedCold(sound);
}

internal sealed class StoreOverJoiningColdFixture : MemoryStoreFixture
{
    protected override IColdTier BreakCold(IColdTier sound) => new JoiningCold(sound);
}

internal sealed class StoreOverGapBlindHotFixture : HybridMemoryStoreFixture
{
    protected override IHotTier BreakHot(IHotTier sound) => new GapBlindHot(sound);
}
