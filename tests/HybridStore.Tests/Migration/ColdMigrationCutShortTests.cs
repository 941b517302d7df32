using HybridStore.Conformance;
using HybridStore.Migration;
using HybridStore.Tiers;
using static HybridStore.Tests.Migration.MigrationFixture;

namespace HybridStore.Tests.Migration;

/// <summary>A run that ends at any call, before or after the tier has done it, and the next one.</summary>
public sealed class ColdMigrationCutShortTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Switch_CutShortAtAnyCall_IsNeverOpenInBothAndTheNextRunFinishesIt(bool afterwards)
    {
        for (var call = 1; ; call++)
        {
            await using var fixture = new MigrationFixture();
            var source = fixture.Start(fixture.A);
            for (var life = 1; life <= 2; life++)
            {
                await FillAsync(source, Session);
                if (life == 1)
                    await source.DeleteSessionAsync(Session, Cancel);
            }

            var wasCut = await CutAsync(fixture, call, afterwards);
            AssertOpenInOneAtMost(await CanOpenAsync(fixture, fixture.A), await CanOpenAsync(fixture, fixture.B));
            var expected = await ContentAsync(fixture.A, Session);

            // What a run holds when it is killed, it holds for a minute.
            fixture.Clock.Advance(TimeSpan.FromMinutes(2));
            var report = await fixture.MigrateAsync(@switch: true);

            Assert.Equal((true, MigrationOutcome.Switched), (report.IsComplete, report.Sessions.Single().Outcome));
            Assert.Equal(expected, await ContentAsync(fixture.B, Session));
            Assert.Equal((false, true), (await CanOpenAsync(fixture, fixture.A), await CanOpenAsync(fixture, fixture.B)));
            if (!wasCut)
                return;
        }
    }

    [Fact]
    public async Task Switch_CutShortAtAnyCallForGood_TheBotOfTheSourceGoesOnOrThatOfTheTarget()
    {
        // Here nothing more reaches either tier after the cut: what a killed process leaves.
        for (var call = 1; ; call++)
        {
            await using var fixture = new MigrationFixture();
            await FillAsync(fixture.Start(fixture.A), Session);

            var wasCut = await CutAsync(fixture, call, afterwards: false, forGood: true);
            fixture.Clock.Advance(TimeSpan.FromMinutes(2));
            var (here, there) = (await CanOpenAsync(fixture, fixture.A), await CanOpenAsync(fixture, fixture.B));
            AssertOpenInOneAtMost(here, there);

            // Between the two locks it is open nowhere, and the next run ends that; everywhere else a bot can go on at once.
            var report = await fixture.MigrateAsync(@switch: true);
            Assert.True(report.IsComplete);
            Assert.True(await CanOpenAsync(fixture, fixture.B));
            if (!wasCut)
                return;
        }
    }

    private static void AssertOpenInOneAtMost(bool here, bool there) => Assert.False(here && there, "It can be opened in both.");

    private static async Task<bool> CutAsync(MigrationFixture fixture, int call, bool afterwards, bool forGood = false)
    {
        var calls = 0;
        Func<TierOperation, Task> cut = _ =>
        {
            var isCut = ++calls == call || (forGood && calls > call);
            return isCut ? throw new StoreUnavailableException("cold", "Cut.") : Task.CompletedTask;
        };
        foreach (var probe in (TierProbe[])[fixture.A.Probe, fixture.B.Probe])
        {
            if (afterwards)
                probe.After = cut;
            else
                probe.Before = cut;
        }

        try
        {
            await fixture.MigrateAsync(@switch: true);
            return false;
        }
        catch (StoreUnavailableException)
        {
            return true;
        }
        finally
        {
            fixture.A.Probe.Restore();
            fixture.B.Probe.Restore();
        }
    }

    /// <summary>Whether a bot could open the session now, and would find it; nothing is left of the try.</summary>
    private static async Task<bool> CanOpenAsync(MigrationFixture fixture, Conformance.FaultyColdTier tier)
    {
        var grant = await tier.Inner.Leases.AcquireAsync(new LeaseRequest(Session, "a bot", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);
        if (grant.Granted)
            await tier.Inner.Leases.ReleaseAsync(new LeaseRef(Session, grant.Epoch), drained: true, Cancel);
        _ = fixture;
        return grant.Granted && grant.Head is not null;
    }
}
