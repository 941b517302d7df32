using HybridStore.Conformance;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>An entry that cold refuses for good stops its own session, loudly, and no other (protocol rule 10).</summary>
public sealed class ParkedTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task APoisonedEntry_ParksItsSession_AndNoOther()
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxTries = 3);
        await PoisonAsync(process, session);
        var otherId = new AuthSessionId("clinic", "other");
        process.FindCold();
        await using var other = await process.Store.OpenAsync(otherId, Cancel);
        await other.CommitAsync(Put(A, 1), Cancel);
        Assert.Equal(CommitOutcome.Queued, (await other.CommitAsync(Queued(A, 2), Cancel)).Outcome);

        var e = await Assert.ThrowsAsync<OutboxParkedException>(async () => await session.CommitAsync(Queued(A, 9), Cancel));

        Assert.Equal(2, e.Version);
        Assert.Equal([3], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1], (await session.GetAsync(B, Cancel)).Value.ToArray());
        await _fixture.UntilAsync(async () => (await _fixture.RealCold.ReadAsync(otherId, [], false, Cancel)).Head!.Version >= 2, TimeSpan.Zero);
    }

    [Fact]
    public async Task Retry_DrainsOnceColdTakesIt()
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxTries = 3);
        await PoisonAsync(process, session);
        var shown = await process.Store.Outbox.ShowAsync(_fixture.Session, Cancel);
        Assert.Equal((2, 2, 2L), (shown!.Entries.Count, shown.Entries[0].Version, shown.Parked!.Version));

        process.FindCold();
        Assert.True(await process.Store.Outbox.RetryAsync(_fixture.Session, Cancel));

        Assert.Equal(3, await _fixture.ColdVersionAsync());
        Assert.Equal(4, (await session.CommitAsync(Queued(A, 9), Cancel)).Version);
    }

    [Fact]
    public async Task Discard_LosesThatEntryOnly_AndTheSessionSaysSo()
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxTries = 3);
        await PoisonAsync(process, session);
        process.FindCold();

        await process.Store.Outbox.DiscardAsync(_fixture.Session, version: 2, Cancel);

        Assert.Equal(3, await _fixture.ColdVersionAsync());
        Assert.Equal([3], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.True(session.RolledBack.IsCancellationRequested);
        await session.DisposeAsync();
        var (_, next) = await _fixture.OpenAsync();
        Assert.True(next.IsRolledBack);
    }

    [Fact]
    public async Task Parked_IsFoundByWhoTakesOver_AndByTheOneWhoOnlyLooks()
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxTries = 3);
        await PoisonAsync(process, session);
        await session.DisposeAsync();

        var other = _fixture.Start();
        var listed = new List<OutboxSession>();
        await foreach (var found in other.Store.Outbox.ListAsync(Cancel))
            listed.Add(found);
        Assert.Equal((_fixture.Session, 2L, true), (listed.Single().Session, listed[0].Waiting, listed[0].Parked is not null));

        await using var next = await other.Store.OpenAsync(_fixture.Session, Cancel);
        await Assert.ThrowsAsync<OutboxParkedException>(async () => await next.CommitAsync(Queued(A, 9), Cancel));
        Assert.Equal([3], (await next.GetAsync(A, Cancel)).Value.ToArray());
        Assert.True(await other.Store.Outbox.RetryAsync(_fixture.Session, Cancel));
        Assert.Equal(4, (await next.CommitAsync(Queued(A, 9), Cancel)).Version);
    }

    [Theory]
    [InlineData(StoreUnusableReason.Full)]
    [InlineData(StoreUnusableReason.ReadOnly)]
    public async Task ColdThatIsFull_ParksNobody(StoreUnusableReason reason)
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxTries = 2);
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var tries = 0;
        process.Cold.Probe.Before = o => o == TierOperation.Commit && Interlocked.Increment(ref tries) > 0 ? throw new StoreUnusableException("memory", reason, "No room.") : Task.CompletedTask;
        await _fixture.UntilAsync(() => Task.FromResult(Volatile.Read(ref tries) >= 6), TimeSpan.FromSeconds(1));

        process.FindCold();
        Assert.Equal(3, (await session.CommitAsync(Put(A, 3).Require(Durability.Persisted), Cancel)).Version);
    }

    private async Task PoisonAsync(QueueProcess process, AuthSession session)
    {
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await session.CommitAsync(Queued(A, 3), Cancel);
        process.Cold.Probe.Before = o => o == TierOperation.Commit ? throw new StoreUnusableException("memory", StoreUnusableReason.Damaged, "It does not like it.") : Task.CompletedTask;
        await _fixture.UntilParkedAsync(process);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
