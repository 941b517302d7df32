using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What a shared hot tier tells of changes. Messages may be late: the tests wait for those that must come, and never for none to come.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotChangesContract<TFixture> : HotContract<TFixture>
    where TFixture : HotTierFixture, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Another process hears of what is queued and of what cold took, where it happened.</summary>
    [Fact]
    [Promise(4)]
    public async Task Subscribed_HearsOfCommits()
    {
        var heard = new Ear();
        await using var subscription = await (await ChangesAsync()).SubscribeAsync(Session, heard.Hear, Cancel);
        await ReadyAsync(version: 5, incarnation: 2);

        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6])), Patch(7, (B, [7]))], incarnation: 2))).Status);
        await heard.WaitAsync(new HotChange(2, 7));
        Assert.True(await ApplyAsync(7, Meta(8, incarnation: 2), CommitId.New(), (A, [8])));
        await heard.WaitAsync(new HotChange(2, 8));
    }

    /// <summary>Nobody hears of another session, nor after the subscription ended, nor of what was refused.</summary>
    [Fact]
    [Promise(13)]
    public async Task Subscribed_HearsOfItsOwnSessionUntilItEnds()
    {
        var (mine, ended, last) = (new Ear(), new Ear(), new Ear());
        var other = new AuthSessionId("clinic", "reception2");
        var changes = await ChangesAsync();
        await using var subscription = await changes.SubscribeAsync(Session, mine.Hear, Cancel);
        var over = await changes.SubscribeAsync(other, ended.Hear, Cancel);
        await over.DisposeAsync();
        await using var others = await changes.SubscribeAsync(other, last.Hear, Cancel);
        await ReadyAsync(version: 5);
        await ReadyAsync(version: 50, session: other);

        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(51, (A, [6]))], session: other))).Status);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([Patch(6, (A, [6]))], epoch: 9))).Status);
        await last.WaitAsync(new HotChange(1, 51));
        await QueuedAsync(Patch(6, (A, [6])));
        await mine.WaitAsync(new HotChange(1, 6));

        Assert.DoesNotContain(mine.Heard, c => c.Version > 6);
        Assert.DoesNotContain(new HotChange(1, 51), ended.Heard);
    }

    private async Task<IHotChanges> ChangesAsync()
    {
        var other = await Fixture.OpenAsync();
        Assert.SkipWhen(other.Changes is null, "The tier tells of no changes.");
        return other.Changes!;
    }

    private sealed class Ear
    {
        private readonly ConcurrentQueue<HotChange> _heard = new();
        private readonly SemaphoreSlim _more = new(0);

        public IReadOnlyCollection<HotChange> Heard => _heard;

        public void Hear(HotChange change)
        {
            _heard.Enqueue(change);
            _more.Release();
        }

        public async Task WaitAsync(HotChange change)
        {
            while (!_heard.Contains(change))
                Assert.True(await _more.WaitAsync(Patience, Cancel), $"{change} was not told.");
        }
    }
}
