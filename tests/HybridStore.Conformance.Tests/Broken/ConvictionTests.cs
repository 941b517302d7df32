using HybridStore.Conformance.Stores;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>The suite finds every broken promise, and nothing wrong with what is sound.</summary>
public sealed class ConvictionTests
{
    /// <summary>Which promise is broken, by what, and the contracts that are asked.</summary>
    public static TheoryData<int, string, string> BrokenOnes { get; } = new()
    {
        { 1, nameof(ErrorIsAbsenceStoreFixture), "StoreRead" },
        { 1, nameof(ErrorIsTheEndColdFixture), "ColdEnumeration" },
        { 1, nameof(MissIsAbsentHotFixture), "HotTier" },
        { 2, nameof(ForgetfulColdFixture), "ColdRace ColdCommit ColdPrefix" },
        { 2, nameof(GapBlindOutboxHotFixture), "HotQueue" },
        { 2, nameof(HastyOutboxHotFixture), "HotOutbox" },
        { 2, nameof(StoreOverForgetfulColdFixture), "StoreRace StoreCommit" },
        { 3, nameof(PiecemealColdFixture), "ColdRace ColdCommit" },
        { 3, nameof(PiecemealOutboxHotFixture), "HotQueue" },
        { 3, nameof(StoreOverPiecemealColdFixture), "StoreRace StoreInput" },
        { 3, nameof(UnconditionalColdFixture), "ColdCondition" },
        { 4, nameof(GapBlindHotFixture), "HotTier" },
        { 4, nameof(LaggingColdFixture), "ColdRace ColdCommit" },
        { 4, nameof(RecordLosingOutboxHotFixture), "HotOutbox" },
        { 4, nameof(StoreOverGapBlindHotFixture), "StoreStaleness StoreHotTier" },
        { 4, nameof(StoreOverLaggingColdFixture), "StoreStaleness" },
        { 5, nameof(LateFillingHotFixture), "HotTier" },
        { 5, nameof(RevivingColdFixture), "ColdDeletion" },
        { 5, nameof(RevivingOutboxHotFixture), "HotOutbox" },
        { 5, nameof(StoreOverRevivingColdFixture), "StoreDeletion" },
        { 6, nameof(RepeatingColdFixture), "ColdRepeat" },
        { 6, nameof(RepeatingOutboxHotFixture), "HotRepeat" },
        { 6, nameof(StoreOverRepeatingColdFixture), "StoreCommit" },
        { 7, nameof(EvictingOutboxHotFixture), "HotOutbox" },
        { 7, nameof(ExpiringColdFixture), "ColdCommit" },
        { 7, nameof(ExpiringOutboxHotFixture), "HotEpoch" },
        { 8, nameof(EpochBlindHotFixture), "HotTier" },
        { 8, nameof(StoreOverUnfencedColdFixture), "StoreSession" },
        { 8, nameof(UnfencedColdFixture), "ColdLease" },
        { 8, nameof(UnfencedOutboxHotFixture), "HotQueue HotEpoch" },
        { 9, nameof(UnboundStoreFixture), "StoreIsolation" },
        { 10, nameof(PlaintextStoreFixture), "StoreIsolation" },
        { 11, nameof(RewritingStoreFixture), "StoreIsolation" },
        { 12, nameof(GullibleColdFixture), "ColdInput" },
        { 12, nameof(GullibleStoreFixture), "StoreInput" },
        { 13, nameof(JoiningColdFixture), "ColdEnumeration" },
        { 13, nameof(JoiningOutboxHotFixture), "HotQueue" },
        { 13, nameof(StoreOverJoiningColdFixture), "StoreIsolation" },
    };

    [Theory]
    [MemberData(nameof(BrokenOnes))]
    public async Task Broken_IsConvictedOfItsPromise(int promise, string fixture, string contracts)
    {
        var type = Type.GetType($"{typeof(ConvictionTests).Namespace}.{fixture}", throwOnError: true)!;
        var asked = contracts.Split(' ').Select(name => Contracts.For(type).Single(c => c.Name == $"{name}`1"));

        var results = await ContractRun.RunAsync(asked);

        var failed = results.Where(r => r.Failure is not null).ToList();
        TestContext.Current.SendDiagnosticMessage("{0}", $"{promise} {fixture}: {string.Join(", ", failed.Select(f => f.Name).Distinct())}");
        Assert.True(failed.Any(f => f.Promises.Contains(promise)), $"{results.Count} tests, failed: {string.Join(", ", failed.Select(f => f.Name))}");
        Assert.Contains(results, r => r.Failure is null);
    }

    [Theory]
    [InlineData(typeof(InMemoryColdFixture))]
    [InlineData(typeof(InMemoryHotFixture))]
    [InlineData(typeof(ModelHotFixture))]
    [InlineData(typeof(HybridMemoryStoreFixture))]
    public async Task Sound_IsAcquitted(Type fixture)
    {
        var results = await ContractRun.RunAsync(Contracts.For(fixture));

        Assert.True(results.Count >= 15);
        Assert.Empty(results.Where(r => r.Failure is not null).Select(r => $"{r.Name}: {r.Failure}"));
    }

    [Fact]
    public void Every_contract_can_be_asked()
    {
        var contracts = typeof(StoreContract<>).Assembly.GetExportedTypes()
            .Where(t => t.IsAbstract && t.GetMethods().Any(m => m.IsDefined(typeof(FactAttribute), true)))
            .Select(t => t.Name);

        Assert.Equal(contracts.Order(), Contracts.Cold.Concat(Contracts.Hot).Concat(Contracts.Store).Select(c => c.BaseType!.Name).Order());
    }
}
