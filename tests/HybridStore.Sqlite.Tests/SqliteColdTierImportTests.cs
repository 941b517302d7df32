using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierImportTests : TierTest
{
    // More than one part: a part ends at 4 MiB.
    private const int LargeCount = 600;
    private const int LargeLength = 16 * 1024;

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(175, 1_000, 1)]
    [InlineData(LargeCount, LargeLength, 3)]
    public async Task Import_Session_IsThereAsVersion1(int count, int length, int transactions)
    {
        var import = Import(Records(count, length));
        var result = await Tier.ImportAsync(import, Cancel);

        Assert.Equal(ColdCommitStatus.Committed, result.Status);
        Assert.Equal(new SessionHead { Incarnation = 1, Version = 1, CreatedAt = Time.GetUtcNow(), UpdatedAt = Time.GetUtcNow() }, result.Head);
        Assert.Equal(result.Head, await HeadAsync());
        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        Assert.Equal(count, records.Count);
        Assert.All(records, r => Assert.Equal((1, length), (r.Version, r.Envelope.Length)));
        Assert.Equal(Key1.Id, Assert.Single((await ReadAsync()).DataKeys).Id);
        Assert.Equal(transactions, (await Tier.Store.OpenAsync(Cancel)).Writer.Commits);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(Commit(PatchAt(1, 2, Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Import_SessionExists_Conflicts()
    {
        await CreateAsync();
        var result = await Tier.ImportAsync(Import(Records(3)), Cancel);

        Assert.Equal((ColdCommitStatus.Conflict, 1, null), (result.Status, result.Head!.Version, result.Duplicate));
        Assert.Single(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
    }

    [Fact]
    public async Task Import_Repeated_IsCommittedAsBefore()
    {
        var import = Import(Records(3));
        await Tier.ImportAsync(import, Cancel);
        await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);

        var result = await Tier.ImportAsync(import, Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 2), (result.Status, result.Head!.Version));
    }

    [Fact]
    public async Task Import_NotTheNextIncarnation_IsRefused() =>
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.ImportAsync(Import(Records(3), incarnation: 2), Cancel)).Status);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Import_SessionIsHeldOrAhead_IsFenced(bool ranOutButAhead)
    {
        await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "other", TimeSpan.FromSeconds(30), MayQueue: ranOutButAhead), Cancel);
        if (ranOutButAhead)
            Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.ImportAsync(Import(Records(3)), Cancel)).Status);
        Assert.Null(await HeadAsync());
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(LargeCount, LargeLength)]
    public async Task Import_StreamThrows_LeavesNothingAndTheExceptionAsItWas(int count, int length)
    {
        var failure = new FormatException("a broken file");
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await Tier.ImportAsync(Import(Records(count, length, failure)), Cancel)));

        Assert.Null(await HeadAsync());
        await NothingIsLeftAsync();
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.ImportAsync(Import(Records(3)), Cancel)).Status);
    }

    [Fact]
    public async Task Import_Cancelled_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Tier.ImportAsync(Import(CancelAfter(LargeCount, cancellation)), cancellation.Token));
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(LargeCount, LargeLength)]
    public async Task Import_RecordTwice_Conflicts(int count, int length)
    {
        var result = await Tier.ImportAsync(Import(Records(count, length).Append(new SealedChange(new AuthKey("pre-key", "000004"), Bytes(1, 1)))), Cancel);

        Assert.Equal((ColdCommitStatus.Conflict, new AuthKey("pre-key", "000004"), null), (result.Status, result.Duplicate!.Value, result.Head));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Import_RecordWithoutEnvelope_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Tier.ImportAsync(Import(Records(3).Append(Delete("a"))), Cancel));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Import_HalfWay_IsInvisibleAndOthersWrite()
    {
        var pausing = new PausingStream(LargeCount, LargeLength);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;

        Assert.True(Query("SELECT count(*) FROM record") > 0);
        Assert.Null(await HeadAsync());
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
        Assert.Null(await Tier.SummarizeAsync(Session, Cancel));
        Assert.False((await Tier.ReadAsync(Session, [new AuthKey("pre-key", "000001")], false, Cancel)).Records[0].Exists);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(CreationOf(new AuthSessionId("t", "other"), 1, Patch(Set("a"))), Cancel)).Status);
        Assert.False((await Tier.DeleteSessionAsync(new AuthSessionId("t", "third"), Cancel)).Existed);

        pausing.GoOn();
        Assert.Equal(ColdCommitStatus.Committed, (await importing).Status);
        Assert.Equal(LargeCount, (await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel))).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_TakenOverHalfWay_ConflictsAndLeavesOnlyTheOther(bool byImport)
    {
        var pausing = new PausingStream(LargeCount, LargeLength);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;

        if (byImport)
            Assert.Equal(ColdCommitStatus.Committed, (await Tier.ImportAsync(Import(Records(1)), Cancel)).Status);
        else
            await CreateAsync();
        pausing.GoOn();
        var result = await importing;

        Assert.Equal((ColdCommitStatus.Conflict, 1), (result.Status, result.Head!.Version));
        Assert.Single(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        await TidyAsync();
        Assert.Equal(1, Query("SELECT count(*) FROM record"));
    }

    [Fact]
    public async Task Import_LeaseTakenHalfWay_IsFencedAndTheLeaseStays()
    {
        var pausing = new PausingStream(LargeCount, LargeLength);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;
        var lease = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);
        pausing.GoOn();

        Assert.Equal(ColdCommitStatus.Fenced, (await importing).Status);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(WithEpoch(Creation(Patch(Set("a"))), lease.Epoch), Cancel)).Status);
        await TidyAsync();
        Assert.Equal(1, Query("SELECT count(*) FROM record"));
    }

    [Fact]
    public async Task Import_LeftForADay_IsRemovedAtTheNextStart()
    {
        var pausing = new PausingStream(LargeCount, LargeLength);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;
        await UntilAsync(() => Query("SELECT count(*) FROM record") == 512);

        Time.Advance(TimeSpan.FromHours(25));
        var other = Open();
        await TidyAsync(other);
        Assert.Equal(0, Query("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM record)"));

        pausing.GoOn();
        Assert.Equal(ColdCommitStatus.Conflict, (await importing).Status);
    }

    private static async IAsyncEnumerable<SealedChange> CancelAfter(int count, CancellationTokenSource source)
    {
        await foreach (var record in Records(count, LargeLength))
            yield return record;
        await source.CancelAsync();
        source.Token.ThrowIfCancellationRequested();
    }

    private async Task NothingIsLeftAsync()
    {
        await TidyAsync();
        Assert.Equal(
            0,
            Query("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM record) + (SELECT count(*) FROM data_key) + (SELECT count(*) FROM purge)"));
    }

    // The stream runs ahead of the writer: that it has paused does not say that both full parts, of 4 MiB each, are written.
    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
    }

    private Task TidyAsync(SqliteColdTier? tier = null) => FinishTidyingAsync(tier ?? Tier);

    /// <summary>A stream that stops before its last record until it is told to go on.</summary>
    private sealed class PausingStream(int count, int length)
    {
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Paused => _paused.Task;

        public void GoOn() => _goOn.SetResult();

        public async IAsyncEnumerable<SealedChange> RunAsync()
        {
            int number = 0;
            await foreach (var record in Records(count, length))
            {
                if (++number == count)
                {
                    _paused.SetResult();
                    await _goOn.Task;
                }

                yield return record;
            }
        }
    }
}
