using HybridStore.Tests.Support;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>Who wants a record that is being read already waits for the same answer.</summary>
public sealed class SingleFlightTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Theory]
    [InlineData(LeaseMode.Required)]
    [InlineData(LeaseMode.Off)]
    public async Task Reads_of_one_record_at_once_ask_cold_once(LeaseMode mode)
    {
        var (session, cold) = await OpenAsync(mode);
        await using var open = session;
        var gate = new Gate();
        cold.AfterRead = gate.PassAsync;
        var reads = cold.Reads;

        var all = Enumerable.Range(0, 50).Select(_ => session.GetAsync(A, Cancel).AsTask()).ToArray();
        await gate.Reached;
        gate.Open();

        Assert.All(await Task.WhenAll(all), r => Assert.Equal([1], r.Value.ToArray()));
        Assert.Equal(reads + 1, cold.Reads);
    }

    [Fact]
    public async Task Without_leave_to_be_stale_every_read_without_a_lease_asks_cold()
    {
        _fixture.Options = o => o.MaxStaleness = TimeSpan.Zero;
        var (session, cold) = await OpenAsync(LeaseMode.Off);
        await using var open = session;
        var gate = new Gate();
        cold.AfterRead = gate.PassAsync;
        var reads = cold.Reads;

        var all = Enumerable.Range(0, 3).Select(_ => session.GetAsync(A, Cancel).AsTask()).ToArray();
        gate.Open();
        await Task.WhenAll(all);

        Assert.Equal(reads + 3, cold.Reads);
    }

    [Fact]
    public async Task A_failure_is_everybodys_who_waits_and_the_next_read_asks_anew()
    {
        var (session, cold) = await OpenAsync(LeaseMode.Required);
        await using var open = session;
        var gate = new Gate();
        cold.AfterRead = async () =>
        {
            await gate.PassAsync();
            throw new StoreUnavailableException("sqlite", "down");
        };
        var reads = cold.Reads;
        var all = Enumerable.Range(0, 10).Select(_ => session.GetAsync(A, Cancel).AsTask()).ToArray();
        gate.Open();
        foreach (var read in all)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => read);
        Assert.Equal(reads + 1, cold.Reads);

        cold.AfterRead = null;

        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Who_gives_up_does_not_take_the_answer_from_the_others()
    {
        var (session, cold) = await OpenAsync(LeaseMode.Required);
        await using var open = session;
        var gate = new Gate();
        cold.AfterRead = gate.PassAsync;
        var reads = cold.Reads;
        using var cancel = new CancellationTokenSource();
        var first = session.GetAsync(A, cancel.Token).AsTask();
        var second = session.GetAsync(A, Cancel).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.Open();

        Assert.Equal([1], (await second).Value.ToArray());
        Assert.Equal(reads + 1, cold.Reads);
    }

    [Theory]
    [InlineData(LeaseMode.Required)]
    [InlineData(LeaseMode.Off)]
    public async Task A_read_that_began_before_a_commit_is_not_joined_after_it(LeaseMode mode)
    {
        var (session, cold) = await OpenAsync(mode);
        await using var open = session;
        var gate = new Gate();
        cold.AfterRead = gate.PassAsync;
        var early = session.GetAsync(A, Cancel).AsTask();
        await gate.Reached;
        cold.AfterRead = null;
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }).Set("session", "b", new byte[] { 2 }), Cancel);

        var late = await session.GetAsync(A, Cancel);

        Assert.Equal([2], late.Value.ToArray());
        gate.Open();
        await early;
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>Opens a session whose record this process does not hold.</summary>
    private async Task<(AuthSession Session, FaultyColdTier Cold)> OpenAsync(LeaseMode mode)
    {
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var (store, cold, _) = _fixture.Open(withHot: false, configure: o => o.Lease.Mode = mode);
        return (await store.OpenAsync(Session, Cancel), cold);
    }
}
