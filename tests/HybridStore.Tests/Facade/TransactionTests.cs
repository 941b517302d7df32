using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

public sealed class TransactionTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_send_that_overlaps_a_decrypt_does_not_undo_the_ratchet_step_of_the_decrypt(bool withLease)
    {
        await using var session = await OpenAsync(withLease);
        await session.CommitAsync(new AuthPatch().Set(A, "ratchet 1"u8.ToArray()), Cancel);
        var runs = 0;

        await session.TransactionAsync(
            async (t, ct) =>
            {
                var ratchet = Text(await t.GetAsync("session", "a", ct));
                if (++runs == 1)
                    await session.CommitAsync(new AuthPatch().Set(A, "ratchet 2 (received)"u8.ToArray()), ct);
                t.Set("session", "a", System.Text.Encoding.UTF8.GetBytes($"sent after {ratchet}"));
            },
            Cancel);

        Assert.Equal(2, runs);
        Assert.Equal("sent after ratchet 2 (received)", Text((await session.GetAsync(A, Cancel)).Value));
    }

    [Fact]
    public async Task Without_a_lease_a_conflict_that_never_ends_is_typed_after_the_bound()
    {
        _fixture.Options = o => (o.Lease.Mode, o.TransactionAttempts, o.MaxStaleness) = (LeaseMode.Off, 3, TimeSpan.Zero);
        await using var one = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        await using var two = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        await one.CommitAsync(new AuthPatch().Set(A, new byte[] { 0 }), Cancel);
        var runs = 0;

        var e = await Assert.ThrowsAsync<CommitConflictException>(async () => await one.TransactionAsync(
            async (t, ct) =>
            {
                await t.GetAsync("session", "a", ct);
                await two.CommitAsync(new AuthPatch().Set(A, new[] { (byte)++runs }), ct);
                t.Set(A, "mine"u8.ToArray());
            },
            Cancel));

        Assert.Equal(3, runs);
        Assert.Equal(A, e.Key);
        Assert.Equal([3], (await two.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Two_processes_without_a_lease_lose_no_increment()
    {
        _fixture.Options = o => (o.Lease.Mode, o.TransactionAttempts, o.MaxStaleness) = (LeaseMode.Off, 1000, TimeSpan.Zero);
        AuthSession[] handles =
        [
            await _fixture.Open().Store.OpenAsync(Session, Cancel),
            await _fixture.Open().Store.OpenAsync(Session, Cancel),
        ];

        await Parallel.ForAsync(0, 40, Cancel, async (i, ct) => await IncrementAsync(handles[i % 2], ct));

        Assert.Equal(40, (await handles[0].GetAsync(A, Cancel)).Value.Span[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sixty_four_increments_at_once_all_succeed_and_lose_nothing(bool withLease)
    {
        await using var session = await OpenAsync(withLease);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await IncrementAsync(session, Cancel), Cancel)));

        Assert.Equal(64, (await session.GetAsync(A, Cancel)).Value.Span[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_it_reads_is_of_one_version_or_the_work_is_begun_again(bool withLease)
    {
        await using var session = await OpenAsync(withLease);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);
        List<(byte, byte)> seen = [];
        var runs = 0;

        await session.TransactionAsync(
            async (t, ct) =>
            {
                var a = await t.GetAsync("session", "a", ct);
                if (++runs == 1)
                    await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }).Set(B, new byte[] { 2 }), ct);
                var b = await t.GetAsync("session", "b", ct);
                seen.Add((a!.Value.Span[0], b!.Value.Span[0]));
            },
            Cancel);

        Assert.Equal(2, runs);
        Assert.Equal([(2, 2)], seen);
    }

    [Fact]
    public async Task A_commit_of_other_records_does_not_begin_the_work_again()
    {
        await using var session = await OpenAsync(withLease: true);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var runs = 0;

        await session.TransactionAsync(
            async (t, ct) =>
            {
                runs++;
                await t.GetAsync("session", "a", ct);
                await session.CommitAsync(new AuthPatch().Set("session", "c", new byte[] { 1 }), ct);
                await t.GetAsync("session", "b", ct);
                t.Set(B, new byte[] { 3 });
            },
            Cancel);

        Assert.Equal(1, runs);
        Assert.Equal([3], (await session.GetAsync(B, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Work_that_swallows_the_conflict_is_begun_again_all_the_same()
    {
        await using var session = await OpenAsync(withLease: true);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);
        var runs = 0;

        await session.TransactionAsync(
            async (t, ct) =>
            {
                await t.GetAsync("session", "a", ct);
                if (++runs == 1)
                    await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), ct);
                try
                {
                    await t.GetAsync("session", "b", ct);
                }
                catch (CommitConflictException)
                {
                }

                t.Set("session", "c", new byte[] { 1 });
            },
            Cancel);

        Assert.Equal(2, runs);
        Assert.Equal(3, (await session.GetAsync("session", "c", Cancel)).Version);
    }

    [Fact]
    public async Task It_reads_back_what_it_wrote_and_nobody_else_does_before_it_ends()
    {
        await using var session = await OpenAsync(withLease: true);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);

        var result = await session.TransactionAsync(
            async (t, ct) =>
            {
                t.Set("session", "a", new byte[] { 2 }).Delete("session", "b").Set(AuthKeyTypes.PreKey, "1", new byte[] { 3 });
                var own = await t.GetManyAsync([A, B, new AuthKey("pre-key", "1"), new AuthKey("pre-key", "2")], ct);
                Assert.Equal([2], own[0]!.Value.ToArray());
                Assert.Null(own[1]);
                Assert.Equal([3], own[2]!.Value.ToArray());
                Assert.Null(own[3]);
                Assert.Equal([1], (await session.GetAsync(A, ct)).Value.ToArray());
                Assert.Null((await t.GetAsync("session", ["b"], ct))[0]);
                return "done";
            },
            Cancel);

        Assert.Equal("done", result);
        var after = await session.GetManyAsync([A, B, new AuthKey("pre-key", "1")], Cancel);
        Assert.Equal([2], after[0].Value.ToArray());
        Assert.False(after[1].Exists);
        Assert.Equal((2, 2), (after[0].Version, after[2].Version));
    }

    [Fact]
    public async Task Inner_transactions_join_and_are_taken_back_if_they_throw()
    {
        await using var session = await OpenAsync(withLease: true);

        await session.TransactionAsync(
            async (t, ct) =>
            {
                t.Set(A, new byte[] { 1 });

                // Through the handle, as code that knows nothing of the outer one does.
                await session.TransactionAsync(async (inner, c) => inner.Set(B, (await inner.GetAsync("session", "a", c))!.Value), ct);
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.TransactionAsync(
                    (inner, _) =>
                    {
                        inner.Set(A, new byte[] { 9 }).Set("session", "never", new byte[] { 9 }).Delete(B);
                        throw new InvalidOperationException("inner");
                    },
                    ct));
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await t.TransactionAsync(
                    (inner, _) =>
                    {
                        inner.Delete(A);
                        throw new InvalidOperationException("inner");
                    },
                    ct));
                Assert.Equal(0, (await session.GetManyAsync([A], ct)).SessionVersion);
            },
            Cancel);

        var all = await ToListAsync(session.EnumerateAsync(cancellationToken: Cancel));
        Assert.Equal(["session/a", "session/b"], all.Select(r => r.Key.ToString()));
        Assert.All(all, r => Assert.Equal((1L, (byte)1), (r.Version, r.Value.Span[0])));
    }

    [Fact]
    public async Task An_inner_transaction_that_throws_takes_back_its_leave_to_change_the_identity()
    {
        await using var session = await OpenAsync(withLease: true);
        await session.CommitAsync(new AuthPatch().Set(AuthKey.Creds, Json(new { me = new { id = "1" }, noiseKey = "k" })), Cancel);

        await Assert.ThrowsAsync<IdentityOverwriteException>(async () => await session.TransactionAsync(
            async (t, ct) =>
            {
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await t.TransactionAsync(
                    (inner, _) =>
                    {
                        inner.AllowIdentityChange();
                        throw new InvalidOperationException("inner");
                    },
                    ct));
                t.Set(AuthKey.Creds, Json(new { me = new { id = "1" }, noiseKey = "other" }));
            },
            Cancel));
    }

    [Fact]
    public async Task A_transaction_in_a_task_that_outlives_the_outer_one_is_one_of_its_own()
    {
        await using var session = await OpenAsync(withLease: true);
        var gate = new Gate();
        Task? late = null;
        await session.TransactionAsync(
            (t, _) =>
            {
                t.Set(A, new byte[] { 1 });
                late = Task.Run(
                    async () =>
                    {
                        await gate.PassAsync();
                        await session.TransactionAsync(async (own, ct) => own.Set(B, (await own.GetAsync("session", "a", ct))!.Value), Cancel);
                    },
                    Cancel);
                return default;
            },
            Cancel);

        gate.Open();
        await late!;

        Assert.Equal(2, (await session.GetAsync(B, Cancel)).Version);
    }

    [Fact]
    public async Task After_its_end_every_member_throws()
    {
        await using var session = await OpenAsync(withLease: true);
        AuthTransaction? kept = null;
        await session.TransactionAsync(
            (t, _) =>
            {
                kept = t;
                return default;
            },
            Cancel);

        await AssertEndedAsync(kept!);
        await Assert.ThrowsAsync<ArithmeticException>(async () => await session.TransactionAsync(
            (t, _) =>
            {
                kept = t;
                throw new ArithmeticException();
            },
            Cancel));
        await AssertEndedAsync(kept!);
    }

    [Fact]
    public async Task Nothing_is_committed_where_nothing_was_written_or_the_work_throws()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);

        await session.TransactionAsync(async (t, ct) => await t.GetAsync("session", "a", ct), Cancel);
        await Assert.ThrowsAsync<ArithmeticException>(async () => await session.TransactionAsync(
            (t, _) =>
            {
                t.Set(A, new byte[] { 1 });
                throw new ArithmeticException();
            },
            Cancel));

        Assert.Equal(0, cold.Commits);
        Assert.Null(await store.FindSessionAsync(Session, Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_outcome_is_repeated_and_the_work_runs_once(bool wasKept)
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var (failures, runs) = (2, 0);
        Action<ColdCommit> fail = c =>
        {
            if (failures-- > 0)
                throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        };
        (cold.OnCommit, cold.AfterCommit) = wasKept ? (null, fail) : (fail, (Action<ColdCommit>?)null);

        await session.TransactionAsync(
            (t, _) =>
            {
                runs++;
                t.Set(A, new byte[] { 1 });
                return default;
            },
            Cancel);

        Assert.Equal(1, runs);
        Assert.Equal((1, 1), ((await session.GetAsync(A, Cancel)).Version, (await store.FindSessionAsync(Session, Cancel))!.Version));
    }

    [Fact]
    public async Task Bad_input_is_refused_where_it_is_given()
    {
        await using var session = await OpenAsync(withLease: true);

        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await session.TransactionAsync(
            (t, _) =>
            {
                t.Set(A, new byte[AuthLimits.MaxValueBytes + 1]);
                return default;
            },
            Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await session.TransactionAsync(async (t, ct) => await t.GetManyAsync([default], ct), Cancel));
    }

    [Fact]
    public async Task The_strictest_demand_counts()
    {
        await using var session = await OpenAsync(withLease: true);

        await session.TransactionAsync(
            (t, _) =>
            {
                t.Require(Durability.Persisted).Require(Durability.Queued).Set(A, new byte[] { 1 });
                return default;
            },
            Cancel);

        Assert.Equal(1, (await session.GetAsync(A, Cancel)).Version);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private static async Task AssertEndedAsync(AuthTransaction ended)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ended.GetAsync("session", "a", Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ended.GetAsync("session", ["a"], Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ended.GetManyAsync([A], Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ended.TransactionAsync((_, _) => default, Cancel));
        Assert.Throws<InvalidOperationException>(() => ended.Set(A, new byte[] { 1 }));
        Assert.Throws<InvalidOperationException>(() => ended.Delete(A));
        Assert.Throws<InvalidOperationException>(() => ended.Require(Durability.Queued));
        Assert.Throws<InvalidOperationException>(ended.AllowIdentityChange);
    }

    private static ValueTask IncrementAsync(AuthSession session, CancellationToken cancellationToken) => session.TransactionAsync(
        async (t, ct) =>
        {
            var now = await t.GetAsync("session", "a", ct);
            await Task.Yield();
            t.Set("session", "a", new[] { (byte)((now is { } bytes ? bytes.Span[0] : 0) + 1) });
        },
        cancellationToken);

    private static string Text(ReadOnlyMemory<byte>? bytes) => System.Text.Encoding.UTF8.GetString(bytes!.Value.Span);

    private async Task<AuthSession> OpenAsync(bool withLease) =>
        await _fixture.Open(configure: o =>
        {
            if (!withLease)
                (o.Lease.Mode, o.MaxStaleness) = (LeaseMode.Off, TimeSpan.Zero);
        }).Store.OpenAsync(Session, Cancel);
}
