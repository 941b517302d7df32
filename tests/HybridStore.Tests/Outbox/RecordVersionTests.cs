using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>A record carries the version that wrote it, however it came to cold: what was read at one version is expected at that version.</summary>
public sealed class RecordVersionTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task DrainedTogether_RecordsKeepTheVersionsThatWroteThem()
    {
        var (_, session) = await QueueThreeAsync();

        Assert.Equal([2, 3], (await session.GetManyAsync([A, B], Cancel)).Select(r => r.Version));
        var other = _fixture.Start().Store;
        Assert.Equal([2, 3], (await other.GetManyAsync(_fixture.Session, [A, B], Cancel)).Select(r => r.Version));
        _fixture.Server.Flush();
        Assert.Equal([2, 3], (await _fixture.RealCold.ReadAsync(_fixture.Session, [A, B], false, Cancel)).Records.Select(r => r.Version));
    }

    [Fact]
    public async Task DrainedTogether_APersistedCommitThatExpectsWhatWasRead_IsTaken()
    {
        var (_, session) = await QueueThreeAsync();
        var read = await session.GetAsync(A, Cancel);

        var receipt = await session.CommitAsync(Put(A, 9).Expect(A, read.Version).Require(Durability.Persisted), Cancel);

        Assert.Equal((CommitOutcome.Persisted, 5), (receipt.Outcome, receipt.Version));
    }

    [Fact]
    public async Task DrainedTogether_ATransactionThatReadsARecord_IsCommitted()
    {
        var (_, session) = await QueueThreeAsync();

        await session.TransactionAsync(
            async (transaction, cancel) => transaction.Set(A, (await transaction.GetAsync(A.Type, A.Id, cancel))!.Value.ToArray().Append((byte)9).ToArray()), Cancel);

        Assert.Equal([2, 9], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task NotDrainedYet_APersistedCommitThatExpectsWhatWasRead_IsTaken()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await session.CommitAsync(Queued(B, 3), Cancel);
        process.FindCold();

        var receipt = await session.CommitAsync(Put(A, 9).Expect(A, 2).Require(Durability.Persisted), Cancel);

        Assert.Equal((CommitOutcome.Persisted, 4), (receipt.Outcome, receipt.Version));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>Queues A at 2, B at 3 and the mapping at 4 while cold is down, and has them drained in one go.</summary>
    private async Task<(QueueProcess Process, AuthSession Session)> QueueThreeAsync()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await session.CommitAsync(Queued(B, 3), Cancel);
        await session.CommitAsync(Queued(Mapping, 4), Cancel);
        process.FindCold();
        Assert.Equal(4, (await process.Store.FindSessionAsync(_fixture.Session, Cancel))!.Version);
        return (process, session);
    }
}
