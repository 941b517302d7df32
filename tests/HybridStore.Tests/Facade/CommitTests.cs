using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

public sealed class CommitTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Fact]
    public async Task Versions_count_commits_and_a_record_carries_the_one_that_wrote_it()
    {
        var (store, _, _) = _fixture.Open();

        var first = await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var second = await store.CommitAsync(Session, new AuthPatch().Set(B, new byte[] { 2 }), Cancel);

        Assert.Equal((1, 1, CommitOutcome.Persisted, false), (first.Incarnation, first.Version, first.Outcome, first.IsRepeat));
        Assert.Equal(2, second.Version);
        var set = await store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([1, 2], set.Select(r => r.Version));
        Assert.Equal(2, set.SessionVersion);
    }

    [Fact]
    public async Task An_empty_patch_is_refused()
    {
        var (store, _, _) = _fixture.Open();

        var e = await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.CommitAsync(Session, new AuthPatch(), Cancel));

        Assert.Equal((AuthInputPart.Patch, AuthInputFault.Empty), (e.Part, e.Fault));
        Assert.Null(await store.FindSessionAsync(Session, Cancel));
    }

    [Theory]
    [InlineData(Durability.Queued)]
    [InlineData(Durability.PersistedElseQueued)]
    [InlineData(Durability.Persisted)]
    public async Task Without_a_lease_every_durability_is_persisted(Durability durability)
    {
        var (store, _, _) = _fixture.Open();

        var receipt = await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }).Require(durability), Cancel);

        Assert.Equal(CommitOutcome.Persisted, receipt.Outcome);
    }

    [Fact]
    public async Task A_repeat_returns_the_first_receipt_and_changes_nothing()
    {
        var (store, _, _) = _fixture.Open();
        var patch = new AuthPatch().Set(A, new byte[] { 1 });
        var first = await store.CommitAsync(Session, patch, Cancel);
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        var repeat = await store.CommitAsync(Session, patch, Cancel);
        var late = await _fixture.Open().Store.CommitAsync(Session, new AuthPatch(patch.CommitId).Set(A, new byte[] { 1 }), Cancel);

        Assert.Equal(first with { IsRepeat = true }, repeat);
        Assert.Equal(first with { IsRepeat = true }, late);
        Assert.Equal([2], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_lost_reply_is_an_unknown_outcome_and_the_repeat_finds_the_commit()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var patch = new AuthPatch().Set(A, new byte[] { 2 });
        cold.AfterCommit = c => throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        var e = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await store.CommitAsync(Session, patch, Cancel));
        Assert.Equal(patch.CommitId, e.CommitId);
        Assert.True(e.IsTransient);

        cold.AfterCommit = null;
        var receipt = await store.CommitAsync(Session, patch, Cancel);

        Assert.True(receipt.IsRepeat);
        Assert.Equal(2, receipt.Version);
        Assert.Equal([2], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task After_a_lost_reply_hot_is_not_believed()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        cold.AfterCommit = c => throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(
            async () => await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel));

        Assert.Equal([2], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_next_commit_waits_until_an_unknown_one_is_resolved(bool wasKept)
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        Action<ColdCommit> fail = c => throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        (cold.OnCommit, cold.AfterCommit) = wasKept ? (null, fail) : (fail, (Action<ColdCommit>?)null);
        var unknown = new AuthPatch().Set(A, new byte[] { 2 });
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await store.CommitAsync(Session, unknown, Cancel));

        // Still failing: the next commit is not let past, and is not the one whose outcome is unknown.
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.CommitAsync(Session, new AuthPatch().Set(B, new byte[] { 3 }), Cancel));
        Assert.Contains(unknown.CommitId.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Equal(
            unknown.CommitId,
            (await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await store.CommitAsync(Session, unknown, Cancel))).CommitId);
        (cold.OnCommit, cold.AfterCommit) = (null, null);
        var next = await store.CommitAsync(Session, new AuthPatch().Set(B, new byte[] { 3 }), Cancel);

        Assert.Equal(3, next.Version);
        var set = await store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([2], set[0].Value.ToArray());
        Assert.Equal([2, 3], set.Select(r => r.Version));
        Assert.Equal(2, (await store.CommitAsync(Session, unknown, Cancel)).Version);
    }

    [Fact]
    public async Task A_commit_that_cold_could_not_take_changes_nothing_and_can_be_made_again()
    {
        var (store, cold, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        cold.OnCommit = _ => throw new StoreUnavailableException("sqlite", "down");
        var patch = new AuthPatch().Set(A, new byte[] { 2 });

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(Session, patch, Cancel));
        Assert.Equal([1], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());

        cold.OnCommit = null;
        Assert.Equal(2, (await store.CommitAsync(Session, patch, Cancel)).Version);
    }

    [Fact]
    public async Task An_expected_version_that_is_not_there_is_a_typed_conflict()
    {
        var (store, _, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        var e = await Assert.ThrowsAsync<CommitConflictException>(
            async () => await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 3 }).Expect(A, 1), Cancel));

        Assert.Equal((A, 1, 2), (e.Key!.Value, e.ExpectedVersion, e.ActualVersion));
        Assert.Equal([2], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
        Assert.Equal(3, (await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 3 }).Expect(A, 2).Expect(B, 0), Cancel)).Version);
    }

    [Fact]
    public async Task Creating_expects_that_nothing_is_there()
    {
        var (store, _, _) = _fixture.Open();
        await store.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }).ExpectSession(0), Cancel);

        var e = await Assert.ThrowsAsync<CommitConflictException>(
            async () => await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 2 }).ExpectSession(0), Cancel));

        Assert.Null(e.Key);
        Assert.Equal((0, 1), (e.ExpectedVersion, e.ActualVersion));
    }

    [Fact]
    public async Task Two_processes_that_create_a_session_at_once_share_its_data_key()
    {
        var (one, cold, _) = _fixture.Open();
        var (two, _, _) = _fixture.Open();
        cold.OnCommit = _ =>
        {
            cold.OnCommit = null;

            // The other process comes first, after this one has looked and before it commits.
#pragma warning disable RS0030 // The callback is synchronous, and the store of the other process finishes on its own threads.
            two.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 2 }), Cancel).AsTask().Wait(Cancel);
#pragma warning restore RS0030
        };

        var receipt = await one.CommitAsync(Session, new AuthPatch().Set(B, new byte[] { 1 }), Cancel);

        Assert.Equal(2, receipt.Version);
        var set = await _fixture.Open().Store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([2], set[0].Value.ToArray());
        Assert.Equal([1], set[1].Value.ToArray());
    }

    [Fact]
    public async Task Many_committers_at_once_lose_nothing()
    {
        var (one, _, _) = _fixture.Open();
        var (two, _, _) = _fixture.Open();

        await Parallel.ForAsync(0, 200, Cancel, async (i, ct) =>
            await (i % 2 == 0 ? one : two).CommitAsync(Session, new AuthPatch().Set("pre-key", $"{i}", BitConverter.GetBytes(i)), ct));

        var all = await ToListAsync(_fixture.Open().Store.EnumerateAsync(Session, cancellationToken: Cancel));
        Assert.Equal(200, all.Count);
        Assert.Equal(Enumerable.Range(1, 200).Select(v => (long)v), all.Select(r => r.Version).Order());
        Assert.Equal(200, (await one.FindSessionAsync(Session, Cancel))!.Version);
    }

    [Fact]
    public async Task Cancelled_before_it_begins_changes_nothing()
    {
        var (store, _, _) = _fixture.Open();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), cancelled.Token));

        Assert.Null(await store.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Values_from_empty_to_8_MiB_come_back_as_they_went()
    {
        var (store, _, _) = _fixture.Open();
        var sizes = new[] { 0, 1, 511, 512, 4096, 100_000, AuthLimits.MaxValueBytes };
        var random = new Random(1);
        var values = sizes.Select(size =>
        {
            var value = new byte[size];
            random.NextBytes(value);
            return value;
        }).ToArray();
        var patch = new AuthPatch();
        for (var i = 0; i < sizes.Length; i++)
            patch.Set("t", $"{i}", values[i]);
        await store.CommitAsync(Session, patch, Cancel);

        var set = await _fixture.Open().Store.GetManyAsync(Session, "t", [.. Enumerable.Range(0, sizes.Length).Select(i => $"{i}")], Cancel);

        for (var i = 0; i < sizes.Length; i++)
            Assert.True(values[i].AsSpan().SequenceEqual(set[i].Value.Span), $"{sizes[i]} bytes");
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
