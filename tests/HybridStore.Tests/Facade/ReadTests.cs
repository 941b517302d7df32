using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

public sealed class ReadTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private readonly StoreFixture _fixture = new();

    [Fact]
    public async Task A_session_that_never_was_is_absent_and_stays_uncreated()
    {
        var (store, _, _) = _fixture.Open();

        var set = await store.GetManyAsync(_fixture.Session, [A, AuthKey.Creds], Cancel);

        Assert.All(set, r => Assert.False(r.Exists));
        Assert.Equal((0, 0), (set.Incarnation, set.SessionVersion));
        Assert.Null(await store.FindSessionAsync(_fixture.Session, Cancel));
        Assert.Empty(await ToListAsync(store.ListSessionsAsync(cancellationToken: Cancel)));
    }

    [Fact]
    public async Task What_was_committed_is_read_by_another_process_too()
    {
        var (store, _, _) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, "one"u8.ToArray()).Set(B, Array.Empty<byte>()), Cancel);

        var (other, _, _) = _fixture.Open();
        foreach (var reader in new[] { store, other })
        {
            var set = await reader.GetManyAsync(_fixture.Session, [B, A, AuthKey.Creds], Cancel);
            Assert.Equal((1, 1), (set.Incarnation, set.SessionVersion));
            Assert.Equal(0, set[0].Value.Length);
            Assert.Equal("one"u8.ToArray(), set[1].Value.ToArray());
            Assert.False(set[2].Exists);
        }
    }

    [Fact]
    public async Task After_a_commit_reads_are_answered_by_hot()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }).Delete(B), Cancel);
        var before = cold.Reads;

        Assert.Equal([1], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        Assert.False((await store.GetAsync(_fixture.Session, B, Cancel)).Exists);

        Assert.Equal(before, cold.Reads);
    }

    [Fact]
    public async Task A_miss_fills_hot_absent_answers_included()
    {
        var (writer, _, _) = _fixture.Open();
        await writer.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var (store, cold, _) = _fixture.Open();

        await store.GetManyAsync(_fixture.Session, [A, B], Cancel);
        Assert.Equal(1, cold.Reads);
        await store.GetManyAsync(_fixture.Session, [A, B], Cancel);
        Assert.Equal(1, cold.Reads);
    }

    [Fact]
    public async Task Another_process_is_seen_after_MaxStaleness_at_the_latest()
    {
        var (store, _, _) = _fixture.Open();
        var (other, _, _) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await other.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([2], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_commit_after_another_process_own_leaves_no_stale_record_in_hot()
    {
        var (store, _, _) = _fixture.Open();
        var (other, _, _) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);
        await other.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(B, new byte[] { 3 }), Cancel);

        var set = await store.GetManyAsync(_fixture.Session, [A, B], Cancel);
        Assert.Equal(3, set.SessionVersion);
        Assert.Equal([2], set[0].Value.ToArray());
        Assert.Equal([3], set[1].Value.ToArray());
    }

    [Fact]
    public async Task A_slow_read_of_cold_never_overwrites_a_commit_that_came_meanwhile()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var answered = new TaskCompletionSource();
        cold.AfterRead = () =>
        {
            cold.AfterRead = null;
            return answered.Task;
        };

        var slow = store.GetAsync(_fixture.Session, A, Cancel).AsTask();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);
        answered.SetResult();

        // The slow read began before the commit: it is refused, or answers what was, but it must not leave that behind.
        var outcome = await Record.ExceptionAsync(() => slow);
        Assert.Null(outcome);
        Assert.Equal([2], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_cold_tier_that_does_not_answer_is_not_an_absent_record()
    {
        var (writer, _, _) = _fixture.Open();
        await writer.CommitAsync(_fixture.Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }), Cancel);
        var (store, cold, _) = _fixture.Open();
        cold.OnRead = () => throw new StoreUnavailableException("sqlite", "down");

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync(_fixture.Session, AuthKey.Creds, Cancel));

        Assert.True(e.IsTransient);
        cold.OnRead = null;
        Assert.True((await store.GetAsync(_fixture.Session, AuthKey.Creds, Cancel)).Exists);
    }

    [Fact]
    public async Task With_hot_down_everything_goes_on_with_cold()
    {
        var (store, _, hot) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        hot.IsDown = true;

        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);
        Assert.Equal([2], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());

        // Hot comes back with what it had: older than what was seen, and not believed.
        hot.IsDown = false;
        Assert.Equal([2], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_commit_that_hot_missed_is_read_all_the_same()
    {
        var (store, _, hot) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        hot.DropsApplies = true;
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        Assert.Equal([2], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task An_envelope_damaged_in_hot_is_read_from_cold()
    {
        var (store, cold, hot) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        hot.OnRead = read => new HotRead
        {
            Meta = read.Meta,
            RunId = read.RunId,
            Generation = read.Generation,
            Records = [.. read.Records.Select(r => r is { } record ? record with { Envelope = new byte[80] } : r)],
        };
        var before = cold.Reads;

        Assert.Equal([1], (await store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());

        Assert.Equal(before + 1, cold.Reads);
    }

    [Fact]
    public async Task Hot_that_was_restarted_is_not_believed()
    {
        var (store, cold, hot) = _fixture.Open();
        await store.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        hot.OnRead = read => new HotRead { Meta = read.Meta, RunId = "another run", Generation = read.Generation, Records = read.Records };
        var before = cold.Reads;

        await store.GetAsync(_fixture.Session, A, Cancel);

        Assert.Equal(before + 1, cold.Reads);
    }

    [Fact]
    public async Task The_wrong_master_key_is_named_and_is_not_an_absence()
    {
        var (writer, _, _) = _fixture.Open();
        await writer.CommitAsync(_fixture.Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var right = _fixture.MasterKey;
        _fixture.MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64();
        var (store, _, _) = _fixture.Open();

        var e = await Assert.ThrowsAsync<MasterKeyException>(async () => await store.GetAsync(_fixture.Session, A, Cancel));

        Assert.Equal(MasterKeyFault.Wrong, e.Fault);
        Assert.DoesNotContain(right, e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_fixture.MasterKey, e.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<MasterKeyException>(
            async () => await store.CommitAsync(_fixture.Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 9 }), Cancel));
        Assert.Equal([1], (await writer.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        Assert.Equal(1, (await writer.FindSessionAsync(_fixture.Session, Cancel))!.Version);
    }

    [Fact]
    public async Task An_enumeration_streams_all_in_order_and_one_type_alone()
    {
        var (store, _, _) = _fixture.Open();
        var patch = new AuthPatch().Set(AuthKey.Creds, new byte[] { 0 });
        for (var i = 0; i < 1000; i++)
            patch.Set("pre-key", $"{i:D4}", BitConverter.GetBytes(i));
        await store.CommitAsync(_fixture.Session, patch, Cancel);

        var all = await ToListAsync(store.EnumerateAsync(_fixture.Session, cancellationToken: Cancel));
        Assert.Equal(1001, all.Count);
        Assert.Equal(AuthKey.Creds, all[0].Key);
        Assert.Equal(all.Select(r => r.Key.Id).Skip(1).Order(StringComparer.Ordinal), all.Select(r => r.Key.Id).Skip(1));
        Assert.Equal(999, BitConverter.ToInt32(all[^1].Value.Span));

        Assert.Single(await ToListAsync(store.EnumerateAsync(_fixture.Session, AuthKeyTypes.Creds, Cancel)));
        Assert.Empty(await ToListAsync(store.EnumerateAsync(new AuthSessionId("clinic", "other"), cancellationToken: Cancel)));
    }

    [Fact]
    public async Task Names_that_look_alike_never_meet()
    {
        var (store, _, _) = _fixture.Open();
        (AuthSessionId Session, AuthKey Key)[] places =
        [
            (new("a/b", "c"), new("t", "i")), (new("a", "b/c"), new("t", "i")), (new("a", "b"), new("c", "t/i")),
            (new("A", "b"), new("t", "i")), (new("é", "b"), new("t", "i")), (new("e\u0301", "b"), new("t", "i")),
            (new("a%", "b"), new("t_", "i%")), (new("a_", "b"), new("t", "i")), (new("x", "b"), new("t", new string('i', 1024))),
            (new("x", "b"), new("sender-key", "memory::1")), (new("x", "b"), new("sender-key-memory", "::1")), (new(" ", "b"), new("t", " ")),
        ];
        for (var i = 0; i < places.Length; i++)
            await store.CommitAsync(places[i].Session, new AuthPatch().Set(places[i].Key, new[] { (byte)i }), Cancel);

        var (reader, _, _) = _fixture.Open();
        for (var i = 0; i < places.Length; i++)
            Assert.Equal([(byte)i], (await reader.GetAsync(places[i].Session, places[i].Key, Cancel)).Value.ToArray());
        Assert.Equal(2, (await ToListAsync(reader.ListSessionsAsync("a", Cancel))).Count);
    }

    [Fact]
    public async Task Default_names_are_refused()
    {
        var (store, _, _) = _fixture.Open();

        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.GetAsync(default, A, Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.GetAsync(_fixture.Session, default(AuthKey), Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.CommitAsync(default, new AuthPatch().Delete(A), Cancel));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var (store, _, _) = _fixture.Open();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync(_fixture.Session, A, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.CommitAsync(_fixture.Session, new AuthPatch().Delete(A), Cancel));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
