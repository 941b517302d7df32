using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Tests.Setups;

public sealed class AllSetupsTests
{
    private const string Why = "the package feed lacks it";
    private static readonly string[] OnMongoDb = ["redis-mongodb", "mongodb"];

    [Fact]
    public void Choose_NothingAskedFor_IsAllThatCanBeHad()
    {
        Assert.Equal(AllSetups.Make().Select(static s => s.Name), AllSetups.Choose([], mongoDbLack: null).Select(static s => s.Name));
        Assert.Equal(AllSetups.Make().Select(static s => s.Name).Except(OnMongoDb), AllSetups.Choose([], Why).Select(static s => s.Name));
    }

    [Fact]
    public void Choose_SomeAreAskedFor_IsThose() =>
        Assert.Equal(["sqlite", "mongodb"], AllSetups.Choose(["mongodb", "sqlite"], mongoDbLack: null).Select(static s => s.Name));

    [Fact]
    public void Choose_AskedForAndNotToBeHad_IsRefusedByName() =>
        Assert.Equal($"The setup redis-mongodb needs MongoDB, and {Why}.", Assert.Throws<ArgumentException>(() => AllSetups.Choose(["sqlite", "redis-mongodb"], Why)).Message);

    [Fact]
    public void Choose_UnknownName_IsRefusedByName() =>
        Assert.Equal("There is no setup sqlit.", Assert.Throws<ArgumentException>(() => AllSetups.Choose(["sqlit"], mongoDbLack: null)).Message);

    [Fact]
    public void LeftOut_WithoutMongoDb_AreTheOnesOnIt_WithTheReason()
    {
        Assert.Equal(OnMongoDb.Select(static name => $"{name}, since {Why}"), AllSetups.LeftOut([], Why));
        Assert.Empty(AllSetups.LeftOut([], mongoDbLack: null));
        Assert.Empty(AllSetups.LeftOut(["sqlite"], Why));
    }

    [Fact]
    public void Report_TellsWhatIsLeftOut()
    {
        var told = new StringWriter();
        var report = new LabReport
        {
            Seed = 1,
            Seconds = 2,
            Acknowledged = 3,
            Faults = 4,
            Violations = 0,
            ByFault = new Dictionary<string, int>(),
            ByViolation = new Dictionary<string, int>(),
            Reads = 5,
            Unknown = 6,
            Refused = 7,
            Rollbacks = 8,
            BySetup = new Dictionary<string, long>(),
            Versions = new Dictionary<string, string>(),
            LeftOut = AllSetups.LeftOut([], Why),
            DefaultOptions = false,
        };

        report.Tell(told);

        Assert.All(OnMongoDb, name => Assert.Contains($"left out   {name}, since {Why}", told.ToString(), StringComparison.Ordinal));
        Assert.Contains("\"leftOut\": [", report.ToJson(), StringComparison.Ordinal);
    }
}
