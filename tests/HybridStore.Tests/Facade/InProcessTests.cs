using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>What a session that is held is answered from this process, and when it must not be.</summary>
public sealed class InProcessTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Fact]
    public async Task What_was_read_committed_or_found_absent_is_answered_without_asking_a_tier()
    {
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var (store, cold, hot) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.GetAsync(A, Cancel);
        await session.GetAsync("session", "never", Cancel);
        await session.CommitAsync(new AuthPatch().Set(B, new byte[] { 2 }).Delete("session", "gone"), Cancel);
        var reads = cold.Reads;
        hot.IsDown = true;

        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(2, (await session.GetAsync("session", "b", Cancel)).Version);
        Assert.False((await session.GetAsync("session", "never", Cancel)).Exists);
        Assert.False((await store.GetAsync(Session, new AuthKey("session", "gone"), Cancel)).Exists);
        var set = await session.GetAsync("session", ["b", "never", "a"], Cancel);
        Assert.Equal([2, 0, 1], set.Select(r => r.Version));
        Assert.Equal((1, 2), (set.Incarnation, set.SessionVersion));
        Assert.Equal(reads, cold.Reads);
    }

    [Fact]
    public async Task A_hit_allocates_nothing()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        long Allocated(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var bytes = 0;
            for (var i = 0; i < times; i++)
            {
                // Both complete at once: an await would move the rest to another thread.
#pragma warning disable RS0030, CA2012
                bytes += session.GetAsync("session", "a", CancellationToken.None).Result.Value.Length;
                bytes += store.GetAsync(Session, A, CancellationToken.None).Result.Value.Length;
#pragma warning restore RS0030, CA2012
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(2 * times, bytes);
            return allocated;
        }

        // The least of some rounds: what is compiled anew meanwhile is not the hit's.
        Allocated(1000);
        Assert.Equal(0, Enumerable.Range(0, 20).Min(_ => Allocated(1000)));
    }

    [Fact]
    public async Task Nothing_is_answered_here_without_a_lease_or_after_the_handle_is_closed()
    {
        var (store, cold, _) = _fixture.Open(withHot: false);
        var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await session.DisposeAsync();
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);
        var reads = cold.Reads;

        Assert.Equal([2], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
        Assert.Equal([2], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
        Assert.Equal(reads + 2, cold.Reads);
        await using var again = await store.OpenAsync(Session, Cancel);
        Assert.Equal([2], (await again.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task The_callers_bytes_are_the_callers_again_after_the_commit()
    {
        await using var session = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        var buffer = new byte[] { 1, 2, 3 };
        await session.CommitAsync(new AuthPatch().Set(A, buffer), Cancel);

        buffer.AsSpan().Fill(9);

        Assert.Equal([1, 2, 3], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1, 2, 3], (await _fixture.Open().Store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_commit_that_fails_changes_nothing_here()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);

        await Assert.ThrowsAsync<CommitConflictException>(async () => await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }).Expect(B, 5), Cancel));
        cold.OnCommit = _ => throw new StoreUnavailableException("sqlite", "down");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel));

        var reads = cold.Reads;
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(reads, cold.Reads);
    }

    [Fact]
    public async Task A_commit_is_not_read_before_it_is_kept()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        var committing = session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel).AsTask();
        await gate.Reached;

        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        gate.Open();
        await committing;
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_an_outcome_is_unknown_the_tiers_are_asked_and_afterwards_what_is_held_is_right(bool wasKept)
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);
        Action<ColdCommit> fail = c => throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        (cold.OnCommit, cold.AfterCommit) = wasKept ? (null, fail) : (fail, (Action<ColdCommit>?)null);
        var patch = new AuthPatch().Set(A, new byte[] { 2 });
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));

        var reads = cold.Reads;
        Assert.Equal([wasKept ? (byte)2 : (byte)1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        await session.GetAsync(B, Cancel);
        Assert.True(cold.Reads > reads);
        (cold.OnCommit, cold.AfterCommit) = (null, null);
        Assert.Equal(3, (await session.CommitAsync(new AuthPatch().Set(B, new byte[] { 3 }), Cancel)).Version);

        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([3], (await session.GetAsync(B, Cancel)).Value.ToArray());
        reads = cold.Reads;
        Assert.Equal([2, 3], (await session.GetManyAsync([A, B], Cancel)).Select(r => (int)r.Value.Span[0]));
        Assert.Equal(reads, cold.Reads);
        Assert.Equal(2, (await session.CommitAsync(patch, Cancel)).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_read_that_a_commit_overtook_never_takes_its_place(bool deletes)
    {
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var (store, cold, _) = _fixture.Open(withHot: false);
        await using var session = await store.OpenAsync(Session, Cancel);
        var gate = new Gate();
        cold.AfterRead = gate.PassAsync;
        var slow = session.GetAsync(A, Cancel).AsTask();
        await gate.Reached;
        cold.AfterRead = null;

        var patch = deletes ? new AuthPatch().Delete(A) : new AuthPatch().Set(A, new byte[] { 2 });
        await session.CommitAsync(patch, Cancel);
        gate.Open();
        await slow;

        var now = await session.GetAsync(A, Cancel);
        Assert.Equal(deletes ? (false, 0L) : (true, 2L), (now.Exists, now.Version));
    }

    [Fact]
    public async Task What_is_held_stays_within_its_budget_and_the_rest_is_read_again()
    {
        var (store, cold, _) = _fixture.Open(withHot: false, configure: o => o.SessionMemoryBytes = 1024 * 1024);
        await using var session = await store.OpenAsync(Session, Cancel);
        var value = new byte[100_000];
        for (var i = 0; i < 30; i++)
            await session.CommitAsync(new AuthPatch().Set("t", $"{i}", value), Cancel);

        var reads = cold.Reads;
        for (var i = 29; i >= 0; i--)
            Assert.Equal(i + 1, (await session.GetAsync("t", $"{i}", Cancel)).Version);

        // Ten fit; each that had to be read again took another's place.
        Assert.InRange(cold.Reads - reads, 20, 30);
    }

    [Fact]
    public async Task Many_ids_are_answered_at_one_version_while_another_process_commits()
    {
        var (writer, _, _) = _fixture.Open();
        var (reader, _, _) = _fixture.Open(configure: o => o.MaxStaleness = TimeSpan.Zero);
        AuthKey[] keys = [A, B, new AuthKey("pre-key", "1")];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reading = Task.Run(async () =>
        {
            long last = 0;
            while (!done.IsCancellationRequested)
            {
                var set = await reader.GetManyAsync(Session, keys, Cancel);
                Assert.Single(set.Select(r => r.Exists ? r.Version : 0).Distinct());
                Assert.True(set.SessionVersion >= last);
                last = set.SessionVersion;
                await Task.Yield();
            }
        }, Cancel);

        await using (var session = await writer.OpenAsync(Session, Cancel))
        {
            for (var i = 0; i < 200; i++)
            {
                var patch = new AuthPatch();
                foreach (var key in keys)
                    patch.Set(key, BitConverter.GetBytes(i));
                await session.CommitAsync(patch, Cancel);
            }
        }

        await done.CancelAsync();
        await reading;
        Assert.Equal(200, (await reader.GetManyAsync(Session, keys, Cancel)).SessionVersion);
    }

    [Fact]
    public async Task Values_that_are_so_already_are_not_written_again_and_the_commit_counts_all_the_same()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Delete("session", "gone"), Cancel);
        var patch = new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 2 }).Delete("session", "gone");

        var receipt = await session.CommitAsync(patch, Cancel);

        Assert.Equal([B], cold.Sent.Last().Patches[0].Changes.Select(c => c.Key));
        Assert.Equal((2, false), (receipt.Version, receipt.IsRepeat));
        Assert.Equal((1, 2), ((await session.GetAsync(A, Cancel)).Version, (await session.GetAsync(B, Cancel)).Version));
        Assert.Equal(receipt with { IsRepeat = true }, await session.CommitAsync(patch, Cancel));
    }

    [Fact]
    public async Task A_commit_of_which_nothing_is_new_has_its_version_and_its_repeat_its_receipt()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var patch = new AuthPatch().Set(A, new byte[] { 1 });

        var receipt = await session.CommitAsync(patch, Cancel);

        Assert.Empty(cold.Sent.Last().Patches[0].Changes);
        Assert.Equal(2, receipt.Version);
        Assert.Equal(receipt with { IsRepeat = true }, await session.CommitAsync(patch, Cancel));
        Assert.Equal(1, (await _fixture.Open().Store.GetAsync(Session, A, Cancel)).Version);
        Assert.Equal(3, (await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }).Expect(A, 1), Cancel)).Version);
    }

    [Fact]
    public async Task Without_a_lease_every_value_is_written()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);

        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);

        Assert.Single(cold.Sent.Last().Patches[0].Changes);
        Assert.Equal(2, (await store.GetAsync(Session, A, Cancel)).Version);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
