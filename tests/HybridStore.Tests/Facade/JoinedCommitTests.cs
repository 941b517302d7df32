using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>Commits of one session that come while another is under way are made in one step of cold.</summary>
public sealed class JoinedCommitTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_at_once_need_few_steps_and_keep_their_order(bool withLease)
    {
        var (store, cold, _) = _fixture.Open(configure: o => o.Lease.Mode = withLease ? LeaseMode.Required : LeaseMode.Off);
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);

        var waiting = Enumerable.Range(1, 66).Select(i => session.CommitAsync(Patch(i), Cancel).AsTask()).ToArray();
        gate.Open();

        Assert.Equal(1, (await first).Version);
        var receipts = await Task.WhenAll(waiting);
        Assert.Equal(Enumerable.Range(2, 66).Select(v => (long)v), receipts.Select(r => r.Version));
        Assert.All(receipts, r => Assert.Equal((1, CommitOutcome.Persisted, false), (r.Incarnation, r.Outcome, r.IsRepeat)));

        // One and 32 that it takes along, twice.
        Assert.Equal([1, 33, 33], cold.Sent.Select(c => c.Patches.Count));
        for (var i = 1; i <= 66; i++)
        {
            var read = await session.GetAsync("t", $"{i}", Cancel);
            Assert.Equal((i + 1, (byte)i), (read.Version, read.Value.Span[0]));
            Assert.Equal(read, await _fixture.Open().Store.GetAsync(Session, new AuthKey("t", $"{i}"), Cancel));
        }
    }

    [Fact]
    public async Task A_conflict_of_one_is_its_own()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);

        var good = session.CommitAsync(Patch(1), Cancel).AsTask();
        var bad = session.CommitAsync(Patch(2).Expect(A, 7), Cancel).AsTask();
        var alsoGood = session.CommitAsync(Patch(3), Cancel).AsTask();
        gate.Open();

        await first;
        Assert.Equal(2, (await good).Version);
        Assert.Equal(A, (await Assert.ThrowsAsync<CommitConflictException>(() => bad)).Key);
        Assert.Equal(3, (await alsoGood).Version);
        Assert.False((await session.GetAsync("t", "2", Cancel)).Exists);
    }

    [Fact]
    public async Task A_conflict_of_the_one_that_leads_is_its_own()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);

        var bad = session.CommitAsync(Patch(1).Expect(A, 7), Cancel).AsTask();
        var good = session.CommitAsync(Patch(2), Cancel).AsTask();
        gate.Open();

        await first;
        await Assert.ThrowsAsync<CommitConflictException>(() => bad);
        Assert.Equal(2, (await good).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_outcome_is_told_to_each_and_each_repeat_returns_its_first_receipt(bool wasKept)
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);
        var patches = Enumerable.Range(1, 5).Select(Patch).ToArray();
        var waiting = patches.Select(p => session.CommitAsync(p, Cancel).AsTask()).ToArray();
        Action<ColdCommit> fail = c =>
        {
            if (c.Patches.Count > 1)
                throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        };
        (cold.OnCommit, cold.AfterCommit) = wasKept ? (null, fail) : (fail, (Action<ColdCommit>?)null);
        gate.Open();
        await first;
        for (var i = 0; i < waiting.Length; i++)
            Assert.Equal(patches[i].CommitId, (await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => waiting[i])).CommitId);

        (cold.OnCommit, cold.AfterCommit) = (null, null);

        for (var i = patches.Length - 1; i >= 0; i--)
        {
            var receipt = await session.CommitAsync(patches[i], Cancel);
            Assert.Equal((patches[i].CommitId, i + 2, true), (receipt.CommitId, receipt.Version, receipt.IsRepeat));
        }

        Assert.Equal(6, (await store.FindSessionAsync(Session, Cancel))!.Version);
        Assert.Equal([3], (await session.GetAsync("t", "3", Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Cancelling_one_that_waits_leaves_the_others()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);
        using var cancel = new CancellationTokenSource();
        var one = session.CommitAsync(Patch(1), Cancel).AsTask();
        var gone = session.CommitAsync(Patch(2), cancel.Token).AsTask();
        var other = session.CommitAsync(Patch(3), Cancel).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        gate.Open();

        await first;
        Assert.Equal([2, 3], (await Task.WhenAll(one, other)).Select(r => r.Version));
        Assert.False((await session.GetAsync("t", "2", Cancel)).Exists);
    }

    [Fact]
    public async Task Cancelling_the_one_that_leads_leaves_the_others()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);
        using var cancel = new CancellationTokenSource();
        var leader = session.CommitAsync(Patch(1), cancel.Token).AsTask();
        var others = new[] { session.CommitAsync(Patch(2), Cancel).AsTask(), session.CommitAsync(Patch(3), Cancel).AsTask() };
        cold.BeforeCommit = async c =>
        {
            // Its step is on its way, and the tier honours the token until its transaction begins.
            if (c.Patches.Count == 3)
                await cancel.CancelAsync();
        };
        gate.Open();

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.Equal([2, 3], (await Task.WhenAll(others)).Select(r => r.Version));
        Assert.False((await session.GetAsync("t", "1", Cancel)).Exists);
    }

    [Fact]
    public async Task Closing_the_handle_answers_those_who_wait()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);
        var waiting = Enumerable.Range(1, 3).Select(i => session.CommitAsync(Patch(i), Cancel).AsTask()).ToArray();

        var closing = session.DisposeAsync().AsTask();
        gate.Open();
        await closing;

        // What was begun before the handle was closed comes to its end first.
        Assert.Equal(1, (await first).Version);
        Assert.Equal([2, 3, 4], (await Task.WhenAll(waiting)).Select(r => r.Version));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.CommitAsync(Patch(9), Cancel));
    }

    [Fact]
    public async Task Hot_that_breaks_after_the_step_was_kept_leaves_nobody_waiting()
    {
        var (store, cold, hot) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);
        var waiting = Enumerable.Range(1, 3).Select(i => session.CommitAsync(Patch(i), Cancel).AsTask()).ToArray();
        hot.OnWrite = () => throw new ObjectDisposedException("hot");
        gate.Open();

        foreach (var task in (Task[])[first, .. waiting])
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        hot.OnWrite = null;
        Assert.Equal(4, (await store.FindSessionAsync(Session, Cancel))!.Version);
        Assert.Equal(5, (await session.CommitAsync(Patch(9), Cancel)).Version);
    }

    [Fact]
    public async Task A_patch_that_expects_what_an_earlier_one_changes_is_not_taken_along()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (first, gate) = await BlockAsync(session, cold);

        var before = session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel).AsTask();
        var after = session.CommitAsync(new AuthPatch().Set(A, new byte[] { 3 }).Expect(A, 2), Cancel).AsTask();
        gate.Open();

        await Task.WhenAll(first, before, after);
        Assert.Equal([1, 1, 1], cold.Sent.Select(c => c.Patches.Count));
        Assert.Equal(3, (await session.GetAsync(A, Cancel)).Version);
    }

    [Fact]
    public async Task A_deletion_waits_its_turn_and_what_comes_after_is_for_another_life()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 0 }), Cancel);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        var first = store.CommitAsync(Session, Patch(1), Cancel).AsTask();
        await gate.Reached;

        var deletion = store.DeleteSessionAsync(Session, Cancel).AsTask();
        var late = store.CommitAsync(Session, Patch(2), Cancel).AsTask();
        var import = store.ImportAsync(Session, Entries(("session", "a", [1])), Cancel).AsTask();
        gate.Open();

        Assert.Equal(2, (await first).Version);
        Assert.True(await deletion);
        Assert.Equal((2, 1), ((await late).Incarnation, (await late).Version));
        await Assert.ThrowsAsync<SessionExistsException>(() => import);
        Assert.Equal(["t/2"], (await ToListAsync(store.EnumerateAsync(Session, cancellationToken: Cancel))).Select(r => r.Key.ToString()));
    }

    [Fact]
    public async Task Joined_changes_of_one_record_are_applied_in_order_even_back_to_what_it_was()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var (first, gate) = await BlockAsync(session, cold);

        // The last is what this process holds when the step is sealed: it must be written all the same.
        var tasks = new[] { 2, 3, 1 }.Select(v => session.CommitAsync(new AuthPatch().Set(A, new[] { (byte)v }), Cancel).AsTask()).ToArray();
        gate.Open();

        await first;
        Assert.Equal([3, 4, 5], (await Task.WhenAll(tasks)).Select(r => r.Version));
        var read = await session.GetAsync(A, Cancel);
        Assert.Equal((5L, (byte)1), (read.Version, read.Value.Span[0]));
        Assert.Equal(read, await _fixture.Open().Store.GetAsync(Session, A, Cancel));
    }

    [Fact]
    public async Task No_reader_sees_half_of_a_joined_patch_or_goes_back()
    {
        var (store, _, _) = _fixture.Open(configure: o => o.SessionMemoryBytes = 1024 * 1024);
        await using var session = await store.OpenAsync(Session, Cancel);
        AuthKey[] keys = [A, new AuthKey("session", "b"), new AuthKey("pre-key", "1")];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var readers = Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            long last = 0;
            while (!done.IsCancellationRequested)
            {
                await Task.Yield();
                var set = n % 2 == 0 ? await session.GetManyAsync(keys, Cancel) : await store.GetManyAsync(Session, keys, Cancel);
                Assert.Single(set.Select(r => r.Version * (r.Exists ? 1 : 0)).Distinct());
                Assert.Single(set.Select(r => r.Exists ? BitConverter.ToInt64(r.Value.Span) : 0).Distinct());
                Assert.True(set.SessionVersion >= last, $"{set.SessionVersion} after {last}");
                last = set.SessionVersion;
                var single = await session.GetAsync(keys[n % 3], Cancel);
                if (single.Exists)
                {
                    Assert.True(single.Version >= set[0].Version);
                    last = Math.Max(last, single.Version);
                }
            }
        }, Cancel)).ToArray();

        await Parallel.ForAsync(1, 400, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancel }, async (i, ct) =>
        {
            var patch = new AuthPatch();
            foreach (var key in keys)
                patch.Set(key, BitConverter.GetBytes((long)i));
            var receipt = await session.CommitAsync(patch, ct);
            Assert.True((await session.GetAsync(A, ct)).Version >= receipt.Version);
        });
        await done.CancelAsync();
        await Task.WhenAll(readers);

        Assert.Equal(399, (await session.GetAsync(A, Cancel)).Version);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private static AuthPatch Patch(int i) => new AuthPatch().Set("t", $"{i}", new[] { (byte)i });

    /// <summary>Begins a commit that stands still in cold, so that those after it have to wait.</summary>
    private static async Task<(Task<CommitReceipt> First, Gate Gate)> BlockAsync(AuthSession session, FaultyColdTier cold)
    {
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        var first = session.CommitAsync(new AuthPatch().Set("t", "first", new byte[] { 1 }), Cancel).AsTask();
        await gate.Reached;
        return (first, gate);
    }
}
