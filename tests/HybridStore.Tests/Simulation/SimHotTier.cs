using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>A hot tier behind a network: of one process, or shared by all, as Redis is.</summary>
internal sealed class SimHotTier(SimHotServer server, SimScheduler scheduler, SimProcess process) : IHotTier
{
    public SimFaults Faults { get; set; } = SimFaults.None;

    public SimPlant Plant { get; init; }

    public string Name => "hot";

    public string RunId => server.Tier.RunId;

    public IHotOutbox? Outbox => null;

    public IHotChanges? Changes => null;

    public ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        AskAsync("hot read", async t =>
        {
            var read = await t.ReadAsync(session, keys, withDataKeys, cancellationToken);
            return Plant != SimPlant.EternalHot || read.Meta is not { } meta
                ? read
                : new HotRead { Meta = meta with { GoodUntil = DateTimeOffset.MaxValue }, RunId = read.RunId, Generation = read.Generation, Records = read.Records, DataKeys = read.DataKeys };
        });

    public ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken) =>
        AskAsync($"hot fill at {fill.Meta.Version}", t => t.FillAsync(fill, cancellationToken));

    public ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken) =>
        AskAsync($"hot apply {apply.Meta.Version}", t => t.ApplyAsync(apply, cancellationToken));

    public async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        await AskAsync("hot evict", async t =>
        {
            await t.EvictAsync(session, cancellationToken);
            return true;
        });

    public ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, CancellationToken cancellationToken) =>
        AskAsync($"hot epoch {lease.Epoch}", t => t.InstallEpochAsync(lease, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> AskAsync<T>(string what, Func<InMemoryHotTier, ValueTask<T>> ask)
    {
        await scheduler.Step(process, what);
        if (scheduler.Chance(Faults.AtOnce))
            throw Failed(what);
        if (scheduler.Chance(Faults.Late))
        {
            _ = LaterAsync(ask);
            throw Failed(what);
        }

        var answer = await ask(server.Tier);
        await scheduler.Step(process, what + ": reply");
        return scheduler.Chance(Faults.ReplyLost) ? throw Failed(what) : answer;
    }

    private async Task LaterAsync<T>(Func<InMemoryHotTier, ValueTask<T>> ask)
    {
        for (var i = scheduler.Random.Next(12); i >= 0; i--)
            await scheduler.Step(null, "a late call of hot");
        _ = await ask(server.Tier);
    }

    private static StoreUnavailableException Failed(string what) => new("hot", $"The {what} failed.");
}
