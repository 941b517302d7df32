using HybridStore.Conformance;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>A session that is open without its lease keeps what it reads for a moment, and drops it when it is told of a change.</summary>
public sealed class SharedViewTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();
    private int _reads;

    [Fact]
    public async Task Read_IsKept_UntilItMayNotBeBelieved()
    {
        await using var view = await ViewAsync();
        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1], (await view.GetAsync(B, Cancel)).Value.ToArray());
        Count();

        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(2, (await view.GetManyAsync([A, B], Cancel)).Count);
        Assert.Equal(0, _reads);

        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(1, _reads);
    }

    [Theory]
    [InlineData(Durability.Queued)]
    [InlineData(Durability.Persisted)]
    public async Task AnotherProcessCommits_TheNextReadSeesIt(Durability durability)
    {
        await using var view = await ViewAsync();
        var (_, writer) = await _fixture.OpenAsync();
        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1], (await view.GetAsync(B, Cancel)).Value.ToArray());

        await writer.CommitAsync(Put(A, 2).Require(durability), Cancel);

        Assert.Equal([2], (await view.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1], (await view.GetAsync(B, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task TheConnectionWasLost_NothingIsKept()
    {
        await using var view = await ViewAsync();
        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());
        _fixture.Server.IsDown = true;
        _fixture.Server.IsDown = false;
        Count();

        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task ItsOwnCommit_IsSeenAtOnce()
    {
        await using var view = await ViewAsync();
        Assert.Equal([1], (await view.GetAsync(A, Cancel)).Value.ToArray());

        Assert.Equal(CommitOutcome.Persisted, (await view.CommitAsync(Queued(A, 2), Cancel)).Outcome);

        Assert.Equal([2], (await view.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Closed_KeepsNothing()
    {
        var view = await ViewAsync();
        var store = _fixture.Start(o => o.Lease.Mode = LeaseMode.Off).Store;
        await using (var other = await store.OpenAsync(_fixture.Session, Cancel))
            Assert.Equal([1], (await other.GetAsync(A, Cancel)).Value.ToArray());
        Count();
        Assert.Equal([1], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        Assert.Equal(1, _reads);
        await view.DisposeAsync();
    }

    private async Task<AuthSession> ViewAsync()
    {
        var (_, first) = await _fixture.OpenAsync();
        await first.DisposeAsync();
        return await _fixture.Start(o => o.Lease.Mode = LeaseMode.Off).Store.OpenAsync(_fixture.Session, Cancel);
    }

    private void Count() => _fixture.Server.OnRequest = o =>
    {
        if (o == TierOperation.Read)
            Interlocked.Increment(ref _reads);
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
