using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Tests.Runs;

/// <summary>Two minutes of the laboratory, with few processes.</summary>
public sealed class ShortRunTests
{
    [Fact]
    public async Task Laboratory_TwoMinutes_FindsNothing()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        var output = new StringWriter();
        var options = new LabOptions { Minutes = 2, Setups = ["queued", "redis-sqlite", "postgresql"], Bots = 2, Pace = 60 };
        var (report, isSound) = await LabRun.RunAsync(options, output);
        TestContext.Current.TestOutputHelper!.WriteLine(output.ToString());
        Assert.True(isSound && report.Violations == 0, output.ToString());
        Assert.All(report.BySetup, setup => Assert.True(setup.Value > 0, $"{setup.Key} acknowledged nothing:\n{output}"));
        Assert.True(report.Faults > 0);
    }
}
