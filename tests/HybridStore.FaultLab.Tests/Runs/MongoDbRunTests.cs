using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Tests.Runs;

/// <summary>A minute of the laboratory on MongoDB.</summary>
public sealed class MongoDbRunTests
{
    [Fact]
    public async Task Laboratory_OneMinuteOnMongoDb_FindsNothing()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        Assert.SkipWhen(LabMongoDb.Lack is not null, $"There is no MongoDB for the laboratory: {LabMongoDb.Lack}.");

        // There it has been started for other tests, and may not be killed under them.
        Assert.SkipWhen(Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_MONGODB") is { Length: > 0 }, "HYBRIDSTORE_TEST_MONGODB names a server that others use.");
        var output = new StringWriter();
        var options = new LabOptions { Minutes = 1, Setups = ["redis-mongodb", "mongodb"], Bots = 2, Pace = 60 };
        var (report, isSound) = await LabRun.RunAsync(options, output);
        TestContext.Current.TestOutputHelper!.WriteLine(output.ToString());
        Assert.True(isSound && report.Violations == 0, output.ToString());
        Assert.All(report.BySetup, setup => Assert.True(setup.Value > 0, $"{setup.Key} acknowledged nothing:\n{output}"));
        Assert.NotEmpty(report.Versions["mongodb"]);
        Assert.True(report.Faults > 0);
    }
}
