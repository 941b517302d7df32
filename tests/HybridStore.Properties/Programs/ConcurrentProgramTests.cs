using HybridStore.Properties.Support;

namespace HybridStore.Properties.Programs;

public class ConcurrentProgramTests
{
    [Fact]
    public Task Tasks_OfAnyProgram_SeeThePromisesKept() =>
        Prove.ForAllAsync(ConcurrentProgram.Any, program => ConcurrentRun.CheckAsync(program), p => p.Smaller(), runs: 150);

    /// <summary>The check itself: a store that does wrong is found out.</summary>
    [Theory]
    [InlineData(PlantedFault.IgnoresExpectations)]
    [InlineData(PlantedFault.AppliesRepeats)]
    [InlineData(PlantedFault.ServesStaleReads)]
    [InlineData(PlantedFault.TearsReads)]
    [InlineData(PlantedFault.TearsPatches)]
    public async Task Tasks_OfAStoreWithAFault_AreFoundToSeeAPromiseBroken(PlantedFault fault)
    {
        // Not shrunk: whether tasks meet is a matter of luck.
        var falsified = await Prove.FalsifyAsync(
            ConcurrentProgram.Any, program => ConcurrentRun.CheckAsync(program, store => new FaultyStore(store, fault)), shrink: null, runs: 300);

        Assert.NotNull(falsified);
    }
}
