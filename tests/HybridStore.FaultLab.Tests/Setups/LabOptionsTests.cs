using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Tests.Setups;

/// <summary>What a run prints first repeats it.</summary>
public sealed class LabOptionsTests
{
    [Theory]
    [InlineData("--minutes 2 --seed 7")]
    [InlineData("--minutes 0.5 --seed 7 --default-options")]
    [InlineData("--minutes 20 --seed 7 --default-options --setups queued,postgresql --faults botKilled,redisFlushed --bots 2 --pace 40")]
    public void ToString_OfWhatWasAskedFor_AsksForTheSameAgain(string arguments) =>
        Assert.Equal(arguments, LabOptions.Parse([.. arguments.Split(' '), "--json", "report.json", "--keep"]).ToString());
}
