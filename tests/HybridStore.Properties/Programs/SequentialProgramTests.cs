using HybridStore.Properties.Support;

namespace HybridStore.Properties.Programs;

public class SequentialProgramTests
{
    // Of up to fifty steps. Three are enough for each; a shrinking that only leaves out what is not needed may stop a little before.
    private const int ShortProgram = 10;

    [Fact]
    public Task Steps_OfAnyProgram_AgreeWithTheModel() => Prove.ForAllAsync(StoreProgram.Any, program => ProgramRun.CheckAsync(program), p => p.Smaller(), runs: 120);

    /// <summary>The check itself: a store that does wrong is found out, by a program short enough to be read.</summary>
    [Theory]
    [InlineData(PlantedFault.DropsDeletes)]
    [InlineData(PlantedFault.IgnoresExpectations)]
    [InlineData(PlantedFault.AppliesRepeats)]
    [InlineData(PlantedFault.ServesStaleReads)]
    [InlineData(PlantedFault.TearsReads)]
    [InlineData(PlantedFault.TearsPatches)]
    [InlineData(PlantedFault.TakesLateCommits)]
    public async Task Steps_OfAStoreWithAFault_AreFoundToDisagreeByAShortProgram(PlantedFault fault)
    {
        var falsified = await Prove.FalsifyAsync(
            StoreProgram.Any, program => ProgramRun.CheckAsync(program, store => new FaultyStore(store, fault)), p => p.Smaller(), runs: 300);

        Assert.NotNull(falsified);
        TestContext.Current.TestOutputHelper!.WriteLine(falsified.ToString());
        Assert.True(falsified.Smallest.Steps.Count <= ShortProgram, falsified.ToString());
    }
}
