namespace HybridStore.Conformance.Stores;

/// <summary>Many processes and threads at once.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreRaceContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>Every commit is kept, under a version of its own.</summary>
    [Fact]
    [Promise(2)]
    public async Task Commits_ManyAtOnce_AreAllKept()
    {
        IAuthStateStore[] stores = [Store, (await Fixture.OpenAsync()).Store];
        var count = 2 * Fixture.RaceCommits;

        var receipts = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(
            async () => await stores[i % 2].CommitAsync(Session, new AuthPatch().Set("pre-key", $"{i:D3}", BitConverter.GetBytes(i)), Cancel), Cancel)));

        Assert.Equal(Enumerable.Range(1, count).Select(v => (long)v), receipts.Select(r => r.Version).Order());
        var all = await ToListAsync((await Fixture.OpenAsync()).Store.EnumerateAsync(Session, cancellationToken: Cancel));
        Assert.Equal(receipts.Select((r, i) => (i, r.Version)), all.Select(r => (BitConverter.ToInt32(r.Value.Span), r.Version)));
    }

    /// <summary>Writers of one record under its expected version lose no update.</summary>
    [Fact]
    [Promise(4)]
    public async Task Commits_UnderExpectedVersions_LoseNoUpdate()
    {
        IAuthStateStore[] stores = [Store, (await Fixture.OpenAsync()).Store];
        await CommitAsync(new AuthPatch().Set(A, BitConverter.GetBytes(0)));
        var each = Fixture.RaceCommits / 10;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(
            async () =>
            {
                for (int done = 0, tries = 0; done < each; tries++)
                {
                    Assert.True(tries < 2_000, "Conflicts without end.");
                    try
                    {
                        var record = await stores[i % 2].GetAsync(Session, A, Cancel);
                        var next = BitConverter.GetBytes(BitConverter.ToInt32(record.Value.Span) + 1);
                        await stores[i % 2].CommitAsync(Session, new AuthPatch().Set(A, next).Expect(A, record.Version), Cancel);
                        done++;
                    }
                    catch (CommitConflictException)
                    {
                        // Somebody else came first: read again.
                    }
                }
            },
            Cancel)));

        // The last commit may have been the other process's.
        await Fixture.AdvanceAsync(Fixture.MaxStaleness);
        Assert.Equal(10 * each, BitConverter.ToInt32((await Store.GetAsync(Session, A, Cancel)).Value.Span));
    }

    /// <summary>Two processes that create a session at once share it: nothing of either is lost, and both can read all.</summary>
    [Fact]
    [Promise(2, 3)]
    public async Task Creations_AtOnce_MakeOneSession()
    {
        for (var round = 0; round < 10; round++)
        {
            var session = new AuthSessionId("clinic", $"{round}");
            IAuthStateStore[] stores = [(await Fixture.OpenAsync()).Store, (await Fixture.OpenAsync()).Store];

            await Task.WhenAll(stores.Select((s, i) => Task.Run(async () => await s.CommitAsync(session, new AuthPatch().Set("t", $"{i}", new[] { (byte)i }), Cancel), Cancel)));

            await Fixture.AdvanceAsync(Fixture.MaxStaleness);
            foreach (var store in stores)
            {
                var set = await store.GetManyAsync(session, [new AuthKey("t", "0"), new AuthKey("t", "1")], Cancel);
                Assert.Equal((1, 2), (set.Incarnation, set.SessionVersion));
                Assert.Equal([0, 1], set.Select(r => r.Value.Span[0]));
            }
        }
    }

    /// <summary>Readers of many ids never see part of a patch, and never go back.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Reads_WhileOthersCommit_AreWholeAndNeverGoBack()
    {
        AuthKey[] keys = [.. Enumerable.Range(0, 10).Select(i => new AuthKey("session", $"{i}"))];
        IAuthStateStore[] stores = [Store, (await Fixture.OpenAsync()).Store];
        await CommitAsync(All(keys, 1));
        using var done = new CancellationTokenSource();
        var committed = 1;

        var readers = Enumerable.Range(0, 6).Select(i => Task.Run(
            async () =>
            {
                var last = 0;
                var advanced = 0;
                do
                {
                    try
                    {
                        last = await ReadAsync(stores[i % 2], last);
                    }
                    catch (StoreUnavailableException) when (!Fixture.WritesThrough)
                    {
                        // The session is handed on with nearly each commit. Whoever looks finds hot and cold of two holders, a few times in a row, and is told nothing: it looks again.
                    }

                    // Time passes as commits are made, and not as fast as somebody can read.
                    if (i == 0 && advanced < 50 * Volatile.Read(ref committed))
                    {
                        await Fixture.AdvanceAsync(TimeSpan.FromMilliseconds(1));
                        advanced++;
                    }

                    // Answered at once, a reader would keep the thread that the others' answers need.
                    await Task.Yield();
                }
                while (!done.IsCancellationRequested);

                // Nobody hands it on any more: it is answered.
                await ReadAsync(stores[i % 2], last);
            },
            Cancel)).ToList();
        try
        {
            for (var i = 2; i <= Fixture.RaceCommits; i++)
            {
                await stores[i % 2].CommitAsync(Session, All(keys, i), Cancel);
                Assert.Equal(i, BitConverter.ToInt32((await stores[i % 2].GetAsync(Session, keys[0], Cancel)).Value.Span));
                Volatile.Write(ref committed, i);
            }
        }
        finally
        {
            await done.CancelAsync();
        }

        await Task.WhenAll(readers);

        async Task<int> ReadAsync(IAuthStateStore store, int last)
        {
            var set = await store.GetManyAsync(Session, keys, Cancel);
            Assert.Single(set.Select(r => r.Version).Distinct());
            var value = Assert.Single(set.Select(r => BitConverter.ToInt32(r.Value.Span)).Distinct());
            Assert.Equal(set.SessionVersion, set[0].Version);
            Assert.True(value >= last, $"{value} after {last}");
            return value;
        }
    }

    /// <summary>Tenants that work at once are in nobody's way.</summary>
    [Fact]
    [Promise(13)]
    public async Task Sessions_AtOnce_NeverMix()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            async () =>
            {
                var session = new AuthSessionId($"tenant {i}", "bot");
                for (var n = 0; n < 10; n++)
                    Assert.Equal(n + 1, (await Store.CommitAsync(session, Set(A, (byte)i, (byte)n), Cancel)).Version);
                Assert.Equal([(byte)i, 9], (await Store.GetAsync(session, A, Cancel)).Value.ToArray());
            },
            Cancel)));

        Assert.Equal(16, (await ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel))).Count);
    }

    private static AuthPatch All(AuthKey[] keys, int value)
    {
        var patch = new AuthPatch();
        foreach (var key in keys)
            patch.Set(key, BitConverter.GetBytes(value));
        return patch;
    }
}
