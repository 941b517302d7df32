using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierGroupCommitTests : TierTest
{
    private readonly SqliteTestHooks _hooks = new();
    private SqliteColdTier _tier = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _tier = Open(Folder.File("group.db"), hooks: _hooks);
        await _tier.InitializeAsync(Cancel);
    }

    [Fact]
    public async Task Commit_WhileOneIsBeingFlushed_TheOthersShareTheNextFlush()
    {
        await using var held = await HoldCommitAsync();
        var waiting = Start(64);

        held.LetGo();
        var results = await Task.WhenAll(waiting);

        Assert.All(results, r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.Equal(2, await CommitsAsync());
    }

    [Fact]
    public async Task Commit_OfOneSessionInOneGroup_SeeEachOther()
    {
        await using var held = await HoldCommitAsync();
        var first = Creation(Patch(Set("a")));
        Task<ColdCommitResult>[] waiting =
        [
            _tier.CommitAsync(first, Cancel).AsTask(), _tier.CommitAsync(Commit(Patch(Set("b"))), Cancel).AsTask(), _tier.CommitAsync(first, Cancel).AsTask(),
        ];

        held.LetGo();
        var results = await Task.WhenAll(waiting);

        Assert.Equal([ColdCommitStatus.Committed, ColdCommitStatus.Committed, ColdCommitStatus.Repeated], results.Select(r => r.Status));
        Assert.Equal([1, 2, 1], results.Select(r => r.Version));
    }

    [Fact]
    public async Task Commit_OneOfAGroupIsRefused_TheOthersAreKept()
    {
        await using var held = await HoldCommitAsync();
        var conflicting = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("x")], Expectations = [new AuthExpectation(Record("x"), 7)] };
        var refused = _tier.CommitAsync(CreationOf(new AuthSessionId("t", "refused"), 1, Patch(Set("a")), conflicting), Cancel).AsTask();
        var kept = Start(3);

        held.LetGo();

        Assert.Equal(ColdCommitStatus.Conflict, (await refused).Status);
        Assert.All(await Task.WhenAll(kept), r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.Null((await _tier.ReadAsync(new AuthSessionId("t", "refused"), [], false, Cancel)).Head);
    }

    [Fact]
    public async Task Commit_OneOfAGroupFails_TheOthersAreKept()
    {
        // A commit of one patch has no savepoint: its error takes the transaction with it, and those before it must be done again.
        Execute(Folder.File("group.db"), "CREATE TRIGGER refuse BEFORE INSERT ON record WHEN NEW.id = 'refused' BEGIN SELECT RAISE(ABORT, 'no'); END");
        await using var held = await HoldCommitAsync();
        var before = Start(3);
        var failing = _tier.CommitAsync(CreationOf(new AuthSessionId("t", "failing"), 1, Patch(Set("a"), Set("refused"))), Cancel).AsTask();
        var after = _tier.CommitAsync(CreationOf(new AuthSessionId("t", "after"), 1, Patch(Set("a"))), Cancel).AsTask();

        held.LetGo();

        await Assert.ThrowsAsync<StoreUnusableException>(() => failing);
        Assert.All(await Task.WhenAll([.. before, after]), r => Assert.Equal((ColdCommitStatus.Committed, 1), (r.Status, r.Version)));
        Assert.Null((await _tier.ReadAsync(new AuthSessionId("t", "failing"), [], false, Cancel)).Head);
        foreach (var i in Enumerable.Range(0, 3))
            Assert.Equal(1, (await _tier.ReadAsync(new AuthSessionId("group", $"{i}"), [Record("a")], false, Cancel)).Records[0].Version);
    }

    [Fact]
    public async Task Commit_LargeValuesWait_AGroupIsBoundedByItsBytes()
    {
        await using var held = await HoldCommitAsync();
        var waiting = Enumerable.Range(0, 6)
            .Select(i => _tier.CommitAsync(CreationOf(new AuthSessionId("large", $"{i}"), 1, Patch(Set("a", length: 3 * 1024 * 1024 / 2))), Cancel).AsTask())
            .ToArray();

        held.LetGo();

        // 4 MiB, and what goes beyond in the last of a group.
        Assert.All(await Task.WhenAll(waiting), r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.Equal(1 + 2, await CommitsAsync());
    }

    [Fact]
    public async Task Read_WhileACommitIsAboutToBeFlushed_AnswersFromBeforeIt()
    {
        await _tier.CommitAsync(Creation(Patch(Set("a", 1))), Cancel);
        await using var held = await HoldCommitAsync(Commit(Patch(Set("a", 2))));

        var read = await _tier.ReadAsync(Session, [Record("a")], false, Cancel);

        Assert.False(held.Holding!.IsCompleted);
        Assert.Equal((1L, (byte)1), (read.Head!.Version, read.Records[0].Envelope.Span[0]));
        held.LetGo();
        await held.Holding;
        Assert.Equal(2, (await _tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Envelope.Span[0]);
    }

    [Fact]
    public async Task Commit_CancelledWhileItWaits_IsNotDone()
    {
        await using var held = await HoldCommitAsync();
        using var cancellation = new CancellationTokenSource();
        var waiting = _tier.CommitAsync(Creation(Patch(Set("a"))), cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.LetGo();

        Assert.All(await Task.WhenAll(Start(1)), r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.Null((await _tier.ReadAsync(Session, [], false, Cancel)).Head);
    }

    [Fact]
    public async Task Commit_QueueIsFull_TheNextWaitsForRoom()
    {
        var tier = Open(Folder.File("small.db"), o => o.MaxWaitingWrites = 1);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => tier.CommitAsync(CreationOf(new AuthSessionId("t", $"{i}"), 1, Patch(Set("a"))), Cancel).AsTask()));
        Assert.All(results, r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
    }

    [Fact]
    public async Task Commit_GroupCanNotBeFlushed_EachIsUnknownAndARepeatTells()
    {
        await using var held = await HoldCommitAsync();
        var commits = Commits(3);
        var waiting = commits.Select(c => _tier.CommitAsync(c, Cancel).AsTask()).ToArray();
        held.NextCommit = () => throw new SqliteException("disk I/O error", raw.SQLITE_IOERR, raw.SQLITE_IOERR_FSYNC);

        held.LetGo();

        foreach (var (task, commit) in waiting.Zip(commits))
        {
            var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => task);
            Assert.Equal((commit.Session, commit.Patches[0].CommitId), (unknown.Session, unknown.CommitId));
        }

        held.NextCommit = null;
        foreach (var commit in commits)
            Assert.Equal(1, (await _tier.CommitAsync(commit, Cancel)).Version);
    }

    [Fact]
    public async Task Commit_LockedAtTheFlush_IsDefinitelyNotKept()
    {
        _hooks.Committing = () => throw new SqliteException("database is locked", raw.SQLITE_BUSY, raw.SQLITE_BUSY);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _tier.CommitAsync(Creation(Patch(Set("a"))), Cancel));
        _hooks.Committing = null;

        Assert.Null((await _tier.ReadAsync(Session, [], false, Cancel)).Head);
        Assert.Equal(ColdCommitStatus.Committed, (await _tier.CommitAsync(Creation(Patch(Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_NoRoomAtTheFlushOfAGroup_IsTriedOneByOne()
    {
        await using var held = await HoldCommitAsync();
        var waiting = Start(3);
        int left = 2;
        held.NextCommit = () =>
        {
            // The group's flush fails, and then that of the first alone.
            if (left-- > 0)
                throw new SqliteException("database or disk is full", raw.SQLITE_FULL, raw.SQLITE_FULL);
        };

        held.LetGo();

        Assert.Equal(StoreUnusableReason.Full, (await Assert.ThrowsAsync<StoreUnusableException>(() => waiting[0])).Reason);
        Assert.Equal(ColdCommitStatus.Committed, (await waiting[1]).Status);
        Assert.Equal(ColdCommitStatus.Committed, (await waiting[2]).Status);
    }

    [Fact]
    public async Task Dispose_WhileWorkWaits_FinishesIt()
    {
        await using var held = await HoldCommitAsync();
        var waiting = Start(5);
        var disposing = _tier.DisposeAsync().AsTask();

        held.LetGo();
        await disposing;

        Assert.All(await Task.WhenAll(waiting), r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.False(File.Exists(Folder.File("group.db-wal")));
    }

    private static List<ColdCommit> Commits(int count) =>
        [.. Enumerable.Range(0, count).Select(i => CreationOf(new AuthSessionId("group", $"{i}"), 1, Patch(Set("a"))))];

    private Task<ColdCommitResult>[] Start(int count) => [.. Commits(count).Select(commit => _tier.CommitAsync(commit, Cancel).AsTask())];

    private async Task<long> CommitsAsync() => (await _tier.Store.OpenAsync(Cancel)).Writer.Commits;

    private async Task<HeldCommit> HoldCommitAsync(ColdCommit? commit = null)
    {
        var held = new HeldCommit(_hooks);
        held.Holding = _tier.CommitAsync(commit ?? CreationOf(new AuthSessionId("held", "held"), 1, Patch(Set("a"))), Cancel).AsTask();
        await held.Reached;
        return held;
    }

    /// <summary>A commit that stands right before its flush until it is let go, so that others queue up behind it.</summary>
    private sealed class HeldCommit : IAsyncDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _go = new();

        public HeldCommit(SqliteTestHooks hooks) => hooks.Committing = () =>
        {
            hooks.Committing = () => NextCommit?.Invoke();
            _reached.SetResult();
            _go.Wait(Cancel);
        };

        public Task Reached => _reached.Task;

        public Task? Holding { get; set; }

        public Action? NextCommit { get; set; }

        public void LetGo() => _go.Set();

        public async ValueTask DisposeAsync()
        {
            _go.Set();
            await Holding!;
            _go.Dispose();
        }
    }
}
