using System.Globalization;

namespace HybridStore.Tests.Simulation;

/// <summary>Random interleavings of random programs in every kind of world. See the readme beside it.</summary>
public class SimulationTests
{
    private static readonly int Runs = Setting("HYBRIDSTORE_SIMULATION_RUNS", 100);
    private static readonly int First = Setting("HYBRIDSTORE_SIMULATION_SEED", 1);

    private static readonly int Most = Setting("HYBRIDSTORE_SIMULATION_FAILURES", 1);

    private static readonly Dictionary<string, SimShape> Worlds = MakeWorlds();

    public static TheoryData<string> Names() => [.. Worlds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_programs_keep_the_promises(string world)
    {
        if (FindFailure(Worlds[world], Runs, Most) is { } failure)
            Assert.Fail(failure);
    }

    [Theory]
    [InlineData(nameof(SimPlant.LostWrite), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.LostWrite), LeaseMode.Required, nameof(SimHot.OfEach))]
    [InlineData(nameof(SimPlant.NoFence), LeaseMode.Required, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.AppliedTwice), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.EternalHot), LeaseMode.Off, nameof(SimHot.OfEach))]
    [InlineData(nameof(SimPlant.TornRead), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.GuardIgnored), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.ImportLosesRecord), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.ConditionsIgnored), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.LifeIgnored), LeaseMode.Off, nameof(SimHot.None))]
    [InlineData(nameof(SimPlant.GoingBackHidden), LeaseMode.Off, nameof(SimHot.None))]
    public void A_world_that_breaks_a_promise_is_found_out(string plant, LeaseMode lease, string hot)
    {
        var world = new SimShape(lease, Enum.Parse<SimHot>(hot), SimFaults.None, SimFaults.None, Deletes: plant == nameof(SimPlant.LifeIgnored), Pauses: true)
        {
            Plant = Enum.Parse<SimPlant>(plant), ColdGoesBack = plant == nameof(SimPlant.GoingBackHidden),
        };

        var failure = FindFailure(world, runs: 400);

        Assert.NotNull(failure);
        TestContext.Current.TestOutputHelper?.WriteLine(failure[..failure.IndexOf('\n')]);
    }

    [Theory]
    [InlineData(nameof(SimPlant.LostInHot), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.LostWrite), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.NoFence), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.AcknowledgedBeforeCold), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.AdoptionIsAll), nameof(SimLies.Losses))]
    [InlineData(nameof(SimPlant.TakeoverWithoutDrain), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.LossBelieved), nameof(SimLies.Losses))]
    [InlineData(nameof(SimPlant.FillVouches), nameof(SimLies.Losses))]
    [InlineData(nameof(SimPlant.HolderIgnored), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.OutOfOrder), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.ColdBelieved), nameof(SimLies.None))]
    [InlineData(nameof(SimPlant.NoJump), nameof(SimLies.Losses))]
    [InlineData(nameof(SimPlant.PoisonDropped), nameof(SimLies.None))]
    public void A_queue_that_breaks_a_promise_is_found_out(string plant, string lies)
    {
        var faults = plant == nameof(SimPlant.AdoptionIsAll) ? SimFaults.Some : SimFaults.None;
        var world = new SimShape(LeaseMode.Required, SimHot.Queueing, faults, faults, Deletes: false, Pauses: true)
        {
            Outages = true,
            Lies = Enum.Parse<SimLies>(lies),
            Plant = Enum.Parse<SimPlant>(plant),
            Poison = plant == nameof(SimPlant.PoisonDropped),

            // What it takes is several accidents in a row, which a storm brings.
            Storms = plant == nameof(SimPlant.AdoptionIsAll) ? 0.5 : 0.04,
        };

        var failure = FindFailure(world, runs: 4_000);

        Assert.NotNull(failure);
        TestContext.Current.TestOutputHelper?.WriteLine(failure[..failure.IndexOf('\n')]);
    }

    private static Dictionary<string, SimShape> MakeWorlds()
    {
        var worlds = new Dictionary<string, SimShape>();
        foreach (var lease in (LeaseMode[])[LeaseMode.Off, LeaseMode.Required])
        {
            foreach (var hot in (SimHot[])[SimHot.None, SimHot.OfEach, SimHot.Shared])
            {
                foreach (var faults in (SimFaults[])[SimFaults.None, SimFaults.Some, SimFaults.Many])
                {
                    worlds.Add($"lease {lease}, hot {hot}, {Name(faults)}", new SimShape(lease, hot, faults, faults, Deletes: false, Pauses: true));
                    if (faults == SimFaults.Some)
                        worlds.Add($"lease {lease}, hot {hot}, {Name(faults)}, deletions", new SimShape(lease, hot, faults, faults, Deletes: true, Pauses: true));
                }
            }
        }

        foreach (var lease in (LeaseMode[])[LeaseMode.Off, LeaseMode.Required])
        {
            foreach (var hot in (SimHot[])[SimHot.None, SimHot.OfEach, SimHot.Queueing])
            {
                if (lease == LeaseMode.Off && hot == SimHot.Queueing)
                    continue;
                worlds.Add(
                    $"lease {lease}, hot {hot}, some faults, cold goes back",
                    new SimShape(lease, hot, SimFaults.Some, SimFaults.Some, Deletes: false, Pauses: true) { Outages = hot == SimHot.Queueing, ColdGoesBack = true });
            }
        }

        foreach (var faults in (SimFaults[])[SimFaults.None, SimFaults.Some])
        {
            worlds.Add(
                $"queueing, {Name(faults)}, poison",
                new SimShape(LeaseMode.Required, SimHot.Queueing, faults, faults, Deletes: false, Pauses: true) { Outages = faults != SimFaults.None, Poison = true });
        }

        foreach (var lies in Enum.GetValues<SimLies>())
        {
            foreach (var faults in (SimFaults[])[SimFaults.None, SimFaults.Some, SimFaults.Many])
            {
                foreach (var deletes in (bool[])[false, true])
                {
                    var world = new SimShape(LeaseMode.Required, SimHot.Queueing, faults, faults, deletes, Pauses: true) { Outages = faults != SimFaults.None, Lies = lies };
                    worlds.Add($"queueing, {Name(faults)}, lies {lies}{(deletes ? ", deletions" : "")}", world);
                }
            }
        }

        foreach (var (lease, hot) in ((LeaseMode, SimHot)[])[(LeaseMode.Off, SimHot.Shared), (LeaseMode.Required, SimHot.OfEach), (LeaseMode.Required, SimHot.Queueing)])
        {
            foreach (var faults in (SimFaults[])[SimFaults.None, SimFaults.Some])
            {
                var world = new SimShape(lease, hot, faults, faults, Deletes: false, Pauses: true) { Outages = true };
                worlds.Add($"lease {lease}, hot {hot}, {Name(faults)}, outages, resilient", world with { Resilient = true });
                worlds.Add($"lease {lease}, hot {hot}, {Name(faults)}, outages, clocks set", world with { Clocks = true });
                if (hot != SimHot.Queueing)
                    worlds.Add($"lease {lease}, hot {hot}, {Name(faults)}, outages", world);
            }
        }

        foreach (var lies in (SimLies[])[SimLies.Restarts, SimLies.Losses])
        {
            worlds.Add(
                $"queueing, some faults, lies {lies}, resilient, clocks set",
                new SimShape(LeaseMode.Required, SimHot.Queueing, SimFaults.Some, SimFaults.Some, Deletes: true, Pauses: true) { Outages = true, Lies = lies, Resilient = true, Clocks = true });
        }

        worlds.Add(
            "queueing, some faults, lies Losses, storms",
            new SimShape(LeaseMode.Required, SimHot.Queueing, SimFaults.Some, SimFaults.Some, Deletes: false, Pauses: true) { Outages = true, Lies = SimLies.Losses, Storms = 0.5 });
        return worlds;
    }

    private static string Name(SimFaults faults) => faults == SimFaults.None ? "no faults" : faults == SimFaults.Some ? "some faults" : "many faults";

    private static string? FindFailure(SimShape world, int runs, int most = 1)
    {
        var failures = new List<(int Seed, string Text)>();
        var next = First - 1;

        // Threads of their own have no synchronization context: what waits goes on inline, and chance alone decides.
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            int seed;
            while ((seed = Interlocked.Increment(ref next)) < First + runs && Count() < most)
            {
                if (Run(world, seed) is not { } found)
                    continue;
                lock (failures)
                    failures.Add((seed, found));
            }
        })).ToList();
        threads.ForEach(static t => t.Start());
        threads.ForEach(static t => t.Join());
        if (failures.Count == 0)
            return null;
        failures.Sort(static (a, b) => a.Seed.CompareTo(b.Seed));
        return string.Join('\n', failures.Skip(1).Select(static f => f.Text[..f.Text.IndexOf('\n', StringComparison.Ordinal)]).Append(failures[0].Text));

        int Count()
        {
            lock (failures)
                return failures.Count;
        }
    }

    private static string? Run(SimShape world, int seed)
    {
        using var run = new SimRun(world, seed);
        try
        {
            run.Run();
            return null;
        }
        catch (Exception e)
        {
            return $"Seed {seed}: {e}\n{string.Join('\n', run.Trace)}";
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
