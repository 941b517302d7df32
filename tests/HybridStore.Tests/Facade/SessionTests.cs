using HybridStore.Sqlite;
using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

public sealed class SessionTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Fact]
    public async Task A_deleted_session_is_gone_for_every_process()
    {
        var (store, _, _) = _fixture.Open();
        var (other, _, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await other.GetAsync(Session, A, Cancel);

        Assert.True(await store.DeleteSessionAsync(Session, Cancel));

        Assert.False((await store.GetAsync(Session, A, Cancel)).Exists);
        Assert.False(await store.DeleteSessionAsync(Session, Cancel));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await other.GetAsync(Session, A, Cancel)).Exists);
    }

    [Fact]
    public async Task A_late_commit_does_not_bring_a_deleted_session_back()
    {
        var (bot, _, _) = _fixture.Open();
        await bot.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }), Cancel);
        await _fixture.Open().Store.DeleteSessionAsync(Session, Cancel);

        // However often the bot tries: until it has looked, it only knows the life that is over.
        for (var i = 0; i < 3; i++)
        {
            var e = await Assert.ThrowsAsync<IncarnationEndedException>(
                async () => await bot.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel));
            Assert.Equal(1, e.Incarnation);
        }

        Assert.Null(await bot.FindSessionAsync(Session, Cancel));
        Assert.Equal(2, (await bot.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 3 }), Cancel)).Incarnation);
    }

    [Fact]
    public async Task A_late_commit_does_not_write_into_another_life()
    {
        var (bot, _, _) = _fixture.Open();
        await bot.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }), Cancel);
        var (other, _, _) = _fixture.Open();
        await other.DeleteSessionAsync(Session, Cancel);
        await other.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 2 }), Cancel);

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<IncarnationEndedException>(
                async () => await bot.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 3 }), Cancel));
        }

        Assert.Equal([2], (await bot.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
        Assert.Equal(2, (await bot.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 3 }), Cancel)).Incarnation);
    }

    [Fact]
    public async Task A_repeat_of_a_commit_to_a_deleted_session_begins_no_other_life()
    {
        var (store, _, _) = _fixture.Open();
        var patch = new AuthPatch().Set(A, new byte[] { 1 });
        await store.CommitAsync(Session, patch, Cancel);
        await store.DeleteSessionAsync(Session, Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(async () => await store.CommitAsync(Session, patch, Cancel));
        Assert.Null(await store.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Another_life_has_another_data_key_and_none_of_the_records()
    {
        var (store, _, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await store.DeleteSessionAsync(Session, Cancel);
        var receipt = await store.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 2 }), Cancel);

        Assert.Equal((2, 1), (receipt.Incarnation, receipt.Version));
        var set = await _fixture.Open().Store.GetManyAsync(Session, [A, AuthKey.Creds], Cancel);
        Assert.False(set[0].Exists);
        Assert.Equal([2], set[1].Value.ToArray());
    }

    [Fact]
    public async Task A_cold_tier_that_went_back_is_neither_read_nor_written()
    {
        var (store, cold, _) = _fixture.Open(withHot: false);
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var backup = _fixture.Path + ".backup";
        File.Copy(_fixture.Path, backup);
        File.Copy(_fixture.Path + "-wal", backup + "-wal");
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        // The database is restored underneath the running bot.
        await using var current = cold.Inner;
        cold.Inner = new SqliteColdTier(new SqliteColdTierOptions { Path = backup }, _fixture.Time);
        await cold.Inner.InitializeAsync(Cancel);

        await Assert.ThrowsAsync<ColdWentBackException>(
            async () => await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 3 }), Cancel));
        var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await store.GetAsync(Session, A, Cancel));
        Assert.Equal((2, 1), (e.SeenVersion, e.ColdVersion));
        Assert.Equal(1, (await cold.Inner.ReadAsync(Session, [], false, Cancel)).Head!.Version);
    }

    [Fact]
    public async Task An_import_creates_a_session_at_version_1()
    {
        var (store, _, _) = _fixture.Open();

        var info = await store.ImportAsync(Session, Entries(("creds", "creds", [1]), ("session", "a", [2])), Cancel);

        Assert.Equal((1, 1), (info.Incarnation, info.Version));
        var set = await store.GetManyAsync(Session, [AuthKey.Creds, A], Cancel);
        Assert.Equal([1, 1], set.Select(r => r.Version));
        Assert.Equal(2, (await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 3 }), Cancel)).Version);
    }

    [Fact]
    public async Task An_import_over_an_existing_session_is_refused()
    {
        var (store, _, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);

        var e = await Assert.ThrowsAsync<SessionExistsException>(async () => await store.ImportAsync(Session, Entries(("session", "a", [2])), Cancel));

        Assert.Equal(1, e.Version);
        Assert.Equal([1], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task What_another_process_holds_is_neither_committed_to_nor_imported_over()
    {
        var (store, cold, _) = _fixture.Open();
        await store.InitializeAsync(Cancel);
        await cold.Leases.AcquireAsync(new LeaseRequest(Session, "another process", TimeSpan.FromSeconds(30), MayQueue: false), Cancel);

        await Assert.ThrowsAsync<FencedException>(async () => await store.ImportAsync(Session, Entries(("session", "a", [1])), Cancel));
        await Assert.ThrowsAsync<FencedException>(async () => await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel));
        Assert.Null(await store.FindSessionAsync(Session, Cancel));

        _fixture.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, (await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel)).Version);
    }

    [Fact]
    public async Task What_may_be_ahead_in_a_hot_tier_that_is_not_here_is_not_read_from_cold()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var lease = await cold.Leases.AcquireAsync(new LeaseRequest(Session, "another process", TimeSpan.FromSeconds(30), MayQueue: true), Cancel);
        _fixture.Time.Advance(TimeSpan.FromSeconds(31));

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync(Session, A, Cancel));
        await Assert.ThrowsAsync<FencedException>(async () => await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel));

        await cold.Leases.ReleaseAsync(new LeaseRef(Session, lease.Epoch), drained: true, Cancel);
        Assert.Equal([1], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task An_import_whose_stream_fails_leaves_nothing()
    {
        var (store, _, _) = _fixture.Open();

        var e = await Assert.ThrowsAsync<FormatException>(async () => await store.ImportAsync(Session, Failing(), Cancel));

        Assert.Equal("the third file", e.Message);
        Assert.Null(await store.FindSessionAsync(Session, Cancel));
        Assert.Equal(1, (await store.ImportAsync(Session, Entries(("session", "a", [2])), Cancel)).Version);

        static async IAsyncEnumerable<AuthEntry> Failing()
        {
            await Task.Yield();
            yield return new AuthEntry(AuthKey.Creds, new byte[] { 1 });
            yield return new AuthEntry(A, new byte[] { 2 });
            throw new FormatException("the third file");
        }
    }

    [Fact]
    public async Task An_import_with_a_record_twice_a_value_too_large_or_nothing_at_all_is_refused()
    {
        var (store, _, _) = _fixture.Open();

        var twice = await Assert.ThrowsAsync<InvalidAuthInputException>(
            async () => await store.ImportAsync(Session, Entries(("session", "a", [1]), ("session", "b", [1]), ("session", "a", [2])), Cancel));
        var large = await Assert.ThrowsAsync<InvalidAuthInputException>(
            async () => await store.ImportAsync(Session, Entries(("session", "a", new byte[AuthLimits.MaxValueBytes + 1])), Cancel));
        var empty = await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.ImportAsync(Session, Entries(), Cancel));

        Assert.Equal(AuthInputFault.Duplicate, twice.Fault);
        Assert.Contains("session/a", twice.Message, StringComparison.Ordinal);
        Assert.Equal(AuthInputFault.TooLong, large.Fault);
        Assert.Equal(AuthInputFault.Empty, empty.Fault);
        Assert.Null(await store.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task A_summary_counts_records_and_bytes_by_type()
    {
        var (store, _, _) = _fixture.Open();
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await store.SummarizeAsync(Session, Cancel));
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[100]).Set("session", "b", new byte[100]).Set(AuthKey.Creds, new byte[10]), Cancel);

        var summary = await store.SummarizeAsync(Session, Cancel);

        Assert.Equal([("creds", 1L), ("session", 2L)], summary.Types.Select(t => (t.Type, t.Records)));
        Assert.InRange(summary.Types[1].StoredBytes, 200, 400);
        Assert.Equal(1, summary.Session.Version);
    }

    [Fact]
    public async Task A_verification_opens_every_record()
    {
        var (store, _, _) = _fixture.Open();
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await ToListAsync(store.VerifyAsync(Session, Cancel)));
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[100]).Set(AuthKey.Creds, new byte[10]), Cancel);

        var checks = await ToListAsync(store.VerifyAsync(Session, Cancel));

        Assert.Equal([AuthKey.Creds, A], checks.Select(c => c.Key));
        Assert.All(checks, c => Assert.Null(c.Fault));
    }

    [Fact]
    public async Task Sessions_are_listed_by_tenant_in_order()
    {
        var (store, _, _) = _fixture.Open();
        foreach (var (tenant, name) in new[] { ("b", "2"), ("a", "2"), ("b", "1"), ("a%", "1"), ("B", "1") })
            await store.CommitAsync(new AuthSessionId(tenant, name), new AuthPatch().Set(A, new byte[1]), Cancel);

        Assert.Equal(["B/1", "a/2", "a%/1", "b/1", "b/2"], (await ToListAsync(store.ListSessionsAsync(cancellationToken: Cancel))).Select(s => s.Id.ToString()));
        Assert.Equal(["b/1", "b/2"], (await ToListAsync(store.ListSessionsAsync("b", Cancel))).Select(s => s.Id.ToString()));
        Assert.Empty(await ToListAsync(store.ListSessionsAsync("c", Cancel)));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
