using HybridStore.FaultLab.Servers;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>What happens to MongoDB.</summary>
internal static class MongoDbFaults
{
    public static IEnumerable<Fault> Of(LabMongoDb server)
    {
        yield return new Fault("mongoDbKilled", Lane.Servers, async random =>
        {
            await server.KillAsync();
            await Wait.SomeAsync(random, 0, 2500);
            await server.StartAsync();
        }, Weight: 6);
        yield return new Fault("mongoDbPaused", Lane.Servers, async random =>
        {
            await server.PauseAsync(true);
            await Wait.SomeAsync(random, 300, 4000);
            await server.PauseAsync(false);
        });
        yield return new Fault("mongoDbRestarted", Lane.Servers, async random =>
        {
            await server.StopAsync();
            await Wait.SomeAsync(random, 0, 1500);
            await server.StartAsync();
        });
    }
}
