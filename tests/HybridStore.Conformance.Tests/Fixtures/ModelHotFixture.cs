using HybridStore.Conformance.Tiers;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

public class ModelHotFixture : HotTierFixture
{
    public ModelHotFixture() => Server = new ModelHotServer(Clock);

    public ManualClock Clock { get; } = new();

    public ModelHotServer Server { get; }

    public override ValueTask<IHotTier> OpenAsync() => ValueTask.FromResult(Break(Server.Connect()));

    public override ValueTask<bool> PassTimeAsync(TimeSpan by) => Done(() => Clock.Advance(by));

    public override ValueTask<bool> RestartAsync() => Done(Server.Restart);

    public override ValueTask<bool> FlushAsync() => Done(Server.Flush);

    public override ValueTask<bool> DropRecordsAsync(AuthSessionId session) => Done(() => Server.DropRecords(session));

    public override ValueTask<bool> ExpireIdleAsync() => Done(Server.ExpireIdle);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What a broken tier overrides.</summary>
    protected virtual IHotTier Break(IHotTier sound) => sound;

    private static ValueTask<bool> Done(Action change)
    {
        change();
        return ValueTask.FromResult(true);
    }
}
