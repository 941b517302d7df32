using HybridStore.Tiers;

namespace HybridStore.Conformance.Stores;

/// <summary>Open sessions: one holder at a time, which is told when it is none any more, and whose transactions lose nothing.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
[Promise(8)]
public abstract class SessionContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>The holder reads what it committed, at once and by every way of reading.</summary>
    [Fact]
    [Promise(4)]
    public async Task Holder_AfterItsCommit_ReadsIt()
    {
        await using var session = await Store.OpenAsync(Session, Cancel);
        Assert.True(session.HoldsLease);
        Assert.False((await session.GetAsync(A, Cancel)).Exists);

        for (byte i = 1; i < 30; i++)
        {
            Assert.Equal(i, (await session.CommitAsync(i % 5 == 0 ? new AuthPatch().Delete(A) : Set(A, i), Cancel)).Version);
            byte[]? expected = i % 5 == 0 ? null : [i];
            Assert.Equal(expected, (await session.GetAsync(A, Cancel)).TryGetValue(out var value) ? value.ToArray() : null);
            Assert.Equal(i, (await session.GetManyAsync([B, A], Cancel)).SessionVersion);
            Assert.Equal(expected, await ValueAsync(A));
        }
    }

    /// <summary>Threads of the holder that read while others of it commit never see a version go back, nor one below what they committed.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Holder_ManyThreads_ReadsAndCommitsAreLinearizable()
    {
        await using var session = await Store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Set(A, 0).Set(B, new byte[] { 0 }), Cancel);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            async () =>
            {
                long seen = 0;
                for (byte n = 0; n < 20; n++)
                {
                    if (i % 2 == 0)
                    {
                        // Never the same again: a value that is known to be unchanged keeps its version.
                        var value = (byte)((i * 20) + n + 1);
                        seen = Math.Max(seen, (await session.CommitAsync(Set(A, value).Set(B, new[] { value }), Cancel)).Version);
                    }

                    var set = await session.GetManyAsync([A, B], Cancel);
                    Assert.Equal(set[0].Version, set[1].Version);
                    Assert.Equal(set[0].Value.Span[0], set[1].Value.Span[0]);
                    Assert.True(set[0].Version >= seen, $"{set[0].Version} after {seen}");
                    seen = set[0].Version;
                    var one = await session.GetAsync(A, Cancel);
                    Assert.True(one.Version >= seen, $"{one.Version} after {seen}");
                    seen = one.Version;
                }
            },
            Cancel)));

        Assert.Equal(81, (await session.GetAsync(A, Cancel)).Version);
    }

    /// <summary>While a session is open, nobody else commits, deletes it, or imports over it; once it is closed, anybody does.</summary>
    [Fact]
    public async Task Open_ThenAnotherProcessWrites_IsFencedUntilItIsClosed()
    {
        var other = (await Fixture.OpenAsync()).Store;
        await using (var session = await Store.OpenAsync(Session, Cancel))
        {
            await session.CommitAsync(Set(A, 1), Cancel);
            var before = await StateAsync();

            await Assert.ThrowsAsync<FencedException>(async () => await other.CommitAsync(Session, Set(A, 9), Cancel));

            Assert.Equal(before, await StateAsync());
            Assert.False(session.LeaseLost.IsCancellationRequested);
        }

        Assert.Equal(2, (await other.CommitAsync(Session, Set(A, 2), Cancel)).Version);
    }

    /// <summary>A session that is open in this process is not opened twice.</summary>
    [Fact]
    public async Task Open_Twice_IsRefused()
    {
        await using (await Store.OpenAsync(Session, Cancel))
            await Assert.ThrowsAsync<SessionHeldException>(async () => await Store.OpenAsync(Session, Cancel));

        await (await Store.OpenAsync(Session, Cancel)).DisposeAsync();
    }

    /// <summary>Somebody else has taken the lease over: the former holder changes nothing, is told by its next commit, and its token is cancelled.</summary>
    [Fact]
    public async Task Holder_WhoseLeaseWasTakenOver_ChangesNothingAndIsTold()
    {
        await using var session = await Store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Set(A, 1), Cancel);
        var taken = await Cold.Inner.Leases.AcquireAsync(
            new LeaseRequest(Session, "another process", TimeSpan.FromHours(1), MayQueue: Opened.Hot?.Outbox is not null) { DeadEpoch = session.Epoch }, Cancel);
        Assert.True(taken.Granted);

        // Where commits can be queued, whoever takes a session over tells hot before anything else.
        if (Opened.Hot is { Outbox: not null } hot)
            Assert.True((await hot.InstallEpochAsync(new LeaseRef(Session, taken.Epoch), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        var before = await StateAsync();

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Set(A, 9), Cancel));

        Assert.True(session.LeaseLost.IsCancellationRequested);
        Assert.False(session.HoldsLease);
        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Set(A, 9), Cancel));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Closed, a handle says so.</summary>
    [Fact]
    public async Task Closed_Handle_SaysSo()
    {
        var session = await Store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Set(A, 1), Cancel);
        await session.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.GetAsync(A, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.CommitAsync(Set(A, 2), Cancel));
        Assert.False(session.LeaseLost.IsCancellationRequested);
        await session.DisposeAsync();
    }

    /// <summary>Credentials that were saved in haste are there when the handle is closed: the last of them.</summary>
    [Fact]
    [Promise(2)]
    public async Task SaveCredentials_InHaste_KeepsTheLast()
    {
        await using (var session = await Store.OpenAsync(Session, Cancel))
        {
            for (byte i = 0; i < 50; i++)
                _ = session.SaveCredentialsAsync(new[] { i }, Cancel);
        }

        Assert.Equal([49], await ValueAsync(AuthKey.Creds, (await Fixture.OpenAsync()).Store));
    }

    /// <summary>Transactions that count in the same record lose no update.</summary>
    [Fact]
    [Promise(1, 4)]
    public async Task Transactions_AtOnce_LoseNoUpdate()
    {
        await using var session = await Store.OpenAsync(Session, Cancel);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(
            async () =>
            {
                for (var done = 0; done < 5;)
                {
                    try
                    {
                        await session.TransactionAsync(
                            async (transaction, cancel) =>
                            {
                                var value = await transaction.GetAsync(A.Type, A.Id, cancel);
                                transaction.Set(A, BitConverter.GetBytes((value is { } bytes ? BitConverter.ToInt32(bytes.Span) : 0) + 1));
                            },
                            Cancel);
                        done++;
                    }
                    catch (CommitConflictException)
                    {
                        // Tried as often as the bound says: nothing was changed, and it may be tried again.
                    }
                }
            },
            Cancel)));

        Assert.Equal(30, BitConverter.ToInt32((await session.GetAsync(A, Cancel)).Value.Span));
    }

    /// <summary>A transaction reads its own writes, and one that throws changes nothing.</summary>
    [Fact]
    [Promise(3)]
    public async Task Transaction_ThatThrows_ChangesNothing()
    {
        await using var session = await Store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Set(A, 1), Cancel);
        var before = await StateAsync();

        var failure = new FormatException("changed its mind");
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await session.TransactionAsync(
            async (transaction, cancel) =>
            {
                transaction.Set(A, new byte[] { 9 }).Set(B, new byte[] { 9 });
                Assert.Equal([9], (await transaction.GetAsync(A.Type, A.Id, cancel))!.Value.ToArray());
                throw failure;
            },
            Cancel)));

        Assert.Equal(before, await StateAsync());
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    /// <summary>A transaction within another joins it: both are committed as one, and an inner one that throws takes only its own writes back.</summary>
    [Fact]
    [Promise(3)]
    public async Task Transaction_WithinAnother_JoinsIt()
    {
        await using var session = await Store.OpenAsync(Session, Cancel);

        await session.TransactionAsync(
            async (outer, cancel) =>
            {
                outer.Set(A, new byte[] { 1 });
                await session.TransactionAsync(
                    (inner, _) =>
                    {
                        inner.Set(B, new byte[] { 2 });
                        return ValueTask.CompletedTask;
                    },
                    cancel);
                await Assert.ThrowsAsync<FormatException>(async () => await session.TransactionAsync(
                    (inner, _) =>
                    {
                        inner.Set(A, new byte[] { 9 });
                        throw new FormatException();
                    },
                    cancel));
            },
            Cancel);

        var set = await session.GetManyAsync([A, B], Cancel);
        Assert.Equal((1, 1L), ((int)set[0].Value.Span[0], set[0].Version));
        Assert.Equal((2, 1L), ((int)set[1].Value.Span[0], set[1].Version));
    }

    /// <summary>Opening a session that another process holds is refused, and by whom is said.</summary>
    [Fact]
    public async Task Open_HeldByAnotherProcess_IsRefusedUntilItRunsOut()
    {
        _ = Cold;
        await Cold.InitializeAsync(Cancel);
        await Cold.Inner.Leases.AcquireAsync(new LeaseRequest(Session, "another process", TimeSpan.FromDays(100), MayQueue: false), Cancel);

        // Whoever opens may wait a while for the holder: the clock goes on until it has given up.
        var opening = Store.OpenAsync(Session, Cancel).AsTask();
        while (!opening.IsCompleted)
        {
            await Fixture.AdvanceAsync(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var held = await Assert.ThrowsAsync<SessionHeldException>(() => opening);
        Assert.Contains("another process", held.Message, StringComparison.Ordinal);
        await Fixture.AdvanceAsync(TimeSpan.FromDays(100));
        await using var session = await Store.OpenAsync(Session, Cancel);
        Assert.Equal(2, session.Epoch);
    }
}
