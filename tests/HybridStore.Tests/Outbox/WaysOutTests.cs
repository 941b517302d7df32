using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>The ways out that a person takes change nothing that they are not for.</summary>
public sealed class WaysOutTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Discard_WhereNothingCanBeQueued_SaysThatNothingWaits()
    {
        var (_, session) = await _fixture.OpenAsync();
        await session.DisposeAsync();
        var process = _fixture.Start(o => o.Outbox.Enabled = false);

        await Assert.ThrowsAsync<CommitConflictException>(async () => await process.Store.Outbox.DiscardAsync(_fixture.Session, version: 1, Cancel));
    }

    [Fact]
    public async Task Abandon_WhileTheHolderLivesInHot_ThatAnswers_LeavesTheSessionToIt()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        for (var i = 0; i < 20; i++)
            _fixture.Clock.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<SessionHeldException>(async () => await _fixture.Start().Store.Outbox.AbandonAsync(_fixture.Session, Cancel));

        process.FindCold();
        Assert.Equal(3, (await session.CommitAsync(Put(B, 4).Require(Durability.Persisted), Cancel)).Version);
    }

    [Fact]
    public async Task Abandon_OfNoSession_LeavesNothingBehind()
    {
        var process = _fixture.Start();

        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await process.Store.Outbox.AbandonAsync(_fixture.Session, Cancel));

        await foreach (var session in process.Store.Outbox.ListAsync(Cancel))
            Assert.Fail($"{session.Session} is said to have queued commits.");
    }
}
