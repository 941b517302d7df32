using HybridStore.Conformance;

namespace HybridStore.Tests.Outbox;

/// <summary>When hot is told what cold has taken: by the next commit, or once none comes, and always before the session is given back.</summary>
public sealed class AcknowledgementTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();
    private int _acknowledgements;

    public AcknowledgementTests() => _fixture.Server.OnRequest = operation =>
    {
        if (operation == TierOperation.Acknowledge)
            Interlocked.Increment(ref _acknowledgements);
        return Task.CompletedTask;
    };

    [Fact]
    public async Task NextCommit_TellsHot_WithoutAStepOfItsOwn()
    {
        var (_, session) = await _fixture.OpenAsync();
        for (byte value = 1; value <= 10; value++)
        {
            var receipt = await session.CommitAsync(QueueFixture.Queued(QueueFixture.A, value), QueueFixture.Cancel);
            await _fixture.UntilColdIsAtAsync(receipt.Version);
        }

        var outbox = (await _fixture.OutboxAsync())!;
        Assert.Equal((11, 10), (outbox.Version, outbox.DrainedVersion));
        Assert.Equal(0, _acknowledgements);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task NoNextCommit_TellsHot_Soon()
    {
        var (_, session) = await _fixture.OpenAsync();
        var receipt = await session.CommitAsync(QueueFixture.Queued(QueueFixture.A, 1), QueueFixture.Cancel);
        await _fixture.UntilColdIsAtAsync(receipt.Version);
        await _fixture.UntilHotIsToldAsync();

        Assert.True((await _fixture.OutboxAsync())!.IsEmpty);
        await session.DisposeAsync();
        Assert.Equal(1, _acknowledgements);
    }

    [Fact]
    public async Task GivingBack_TellsHotFirst()
    {
        var (_, session) = await _fixture.OpenAsync();
        var receipt = await session.CommitAsync(QueueFixture.Queued(QueueFixture.A, 1), QueueFixture.Cancel);
        await _fixture.UntilColdIsAtAsync(receipt.Version);

        await session.DisposeAsync();

        Assert.True((await _fixture.OutboxAsync())!.IsEmpty);
        Assert.Equal(0, await _fixture.ColdAheadAsync());
    }

    [Fact]
    public async Task HolderDies_BeforeHotWasTold_NothingIsDrainedTwice()
    {
        var (first, session) = await _fixture.OpenAsync();
        var receipt = await session.CommitAsync(QueueFixture.Queued(QueueFixture.A, 7), QueueFixture.Cancel);
        await _fixture.UntilColdIsAtAsync(receipt.Version);
        first.LoseCold();
        _fixture.PassLease();

        await using var second = await _fixture.Start().Store.OpenAsync(_fixture.Session, QueueFixture.Cancel);

        Assert.False(second.IsRolledBack);
        Assert.Equal(receipt.Version, await _fixture.ColdVersionAsync());
        Assert.True((await _fixture.OutboxAsync())!.IsEmpty);
        Assert.Equal(7, (await second.GetAsync(QueueFixture.A, QueueFixture.Cancel)).Value.Span[0]);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
