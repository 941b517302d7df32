using HybridStore.InMemory;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>Cold went back to before a session was begun, and hot knows of it yet: it is no new one, whoever comes, until an operator says so.</summary>
public sealed class LostSessionTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();
    private readonly InMemoryColdTier _older;

    public LostSessionTests() => _older = new InMemoryColdTier(_fixture.Clock);

    [Fact]
    public async Task WhoOpensIt_IsToldThatColdWentBack_EachTime()
    {
        await BeginAndLoseAsync();
        var next = Start();

        for (var i = 0; i < 2; i++)
        {
            var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await next.Store.OpenAsync(_fixture.Session, Cancel));
            Assert.Equal((2, 0), (e.SeenVersion, e.ColdVersion));
        }

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await Start().Store.OpenAsync(_fixture.Session, Cancel));
        Assert.Null((await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head);
    }

    // Regression (simulator, seed 924228): it was begun anew, and hot had records of both.
    [Fact]
    public async Task WhoCommitsWithoutALease_IsToldThatColdWentBack()
    {
        await BeginAndLoseAsync();

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await Start().Store.CommitAsync(_fixture.Session, Put(A, 3), Cancel));

        Assert.Null((await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head);
    }

    [Fact]
    public async Task WhoImportsIt_IsToldThatColdWentBack()
    {
        await BeginAndLoseAsync();

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await Start().Store.ImportAsync(_fixture.Session, AsyncEnumerable.Empty<AuthEntry>(), Cancel));

        Assert.Null((await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head);
    }

    [Fact]
    public async Task WhoReadsWhatHotDoesNotHave_IsToldThatColdWentBack()
    {
        await BeginAndLoseAsync();
        _fixture.Server.DropRecords(_fixture.Session);

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await Start().Store.GetAsync(_fixture.Session, A, Cancel));
    }

    [Fact]
    public async Task HotDoesNotAnswer_WhoCommitsBeginsIt()
    {
        await BeginAndLoseAsync();
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "It is down.");

        Assert.Equal(1, (await Start().Store.CommitAsync(_fixture.Session, Put(A, 3), Cancel)).Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Accepted_ItIsOver_AndWhoOpensItBeginsTheNextLife(int lives)
    {
        for (var i = 1; i < lives; i++)
        {
            var (process, session) = await _fixture.OpenAsync();
            await session.DisposeAsync();
            await process.Store.DeleteSessionAsync(_fixture.Session, Cancel);
        }

        await BeginAndLoseAsync();
        var doctor = Start().Store.Doctor;
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await doctor.AcceptColdAsync(_fixture.Session, 1, Cancel));

        Assert.Equal(new RolledBackSession(_fixture.Session, 0, 0, 0, 0, 0), await doctor.AcceptColdAsync(_fixture.Session, 0, Cancel));

        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await doctor.AcceptColdAsync(_fixture.Session, 0, Cancel));
        var next = Start();
        await using var opened = await next.Store.OpenAsync(_fixture.Session, Cancel);
        Assert.False((await opened.GetAsync(A, Cancel)).Exists);
        await opened.CommitAsync(Put(B, 9), Cancel);
        Assert.Equal(lives + 1, (await next.Store.FindSessionAsync(_fixture.Session, Cancel))!.Incarnation);
        Assert.False(opened.IsRolledBack);
    }

    [Fact]
    public async Task OnlyThisProcessKnowsOfIt_ItCanBeAccepted()
    {
        var process = await BeginAndLoseAsync();
        _fixture.Server.Flush();
        process.Cold.Inner = _older;
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await process.Store.OpenAsync(_fixture.Session, Cancel));

        await process.Store.Doctor.AcceptColdAsync(_fixture.Session, 0, Cancel);

        await using var opened = await process.Store.OpenAsync(_fixture.Session, Cancel);
        Assert.True(opened.HoldsLease);
    }

    [Fact]
    public async Task ItIsThere_OrHeld_NothingIsAccepted()
    {
        var (_, session) = await _fixture.OpenAsync();
        var e = await Assert.ThrowsAsync<CommitConflictException>(async () => await _fixture.Start().Store.Doctor.AcceptColdAsync(_fixture.Session, 0, Cancel));
        Assert.Equal(1, e.ActualVersion);
        await session.DisposeAsync();
        var process = await BeginAndLoseAsync();
        process.Cold.Inner = _older;
        await _older.Leases.AcquireAsync(new LeaseRequest(_fixture.Session, "another", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);

        await Assert.ThrowsAsync<SessionHeldException>(async () => await process.Store.Doctor.AcceptColdAsync(_fixture.Session, 0, Cancel));

        Assert.Null((await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head);
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _older.DisposeAsync();
    }

    /// <summary>A session comes to version 2 and is let go; from then on, who <see cref="Start">starts</see> has a cold tier of before.</summary>
    private async Task<QueueProcess> BeginAndLoseAsync()
    {
        var (process, session) = await _fixture.OpenAsync();
        await session.CommitAsync(Put(A, 2), Cancel);
        await session.DisposeAsync();
        return process;
    }

    private QueueProcess Start()
    {
        var process = _fixture.Start();
        process.Cold.Inner = _older;
        return process;
    }
}
