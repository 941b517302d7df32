using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What <see cref="IHotOutbox.QueueAsync"/> takes, and what it refuses: hot and outbox in one step, in order, under one lease.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotQueueContract<TFixture> : HotContract<TFixture>
    where TFixture : HotTierFixture, new()
{
    /// <summary>What was queued is read at once, and waits for cold.</summary>
    [Fact]
    [Promise(2, 4)]
    public async Task Queue_InOrder_IsInHotAndOutbox()
    {
        await ReadyAsync(version: 5);

        var patch = Patch(6, (A, [1, 2]), (B, null));
        Assert.Equal(new HotQueueResult(HotQueueStatus.Queued, 6), await QueueAsync(patch));

        var read = await ReadAsync(A, B, C);
        Assert.Equal(Meta(6, runId: read.RunId) with { GoodUntil = Later.AddSeconds(5) }, read.Meta);
        Assert.Equal([6, 0, null], read.Records.Select(r => r?.Version));
        Assert.Equal([1, 2], read.Records[0]!.Value.Envelope.ToArray());
        Assert.Equal((1, 1, 6, 5, read.RunId), (read.Outbox!.Incarnation, read.Outbox.Epoch, read.Outbox.Version, read.Outbox.DrainedVersion, read.Outbox.RunId));
        Assert.False(read.Outbox.IsEmpty);
        Assert.Equal(Text(new OutboxEntry(1, 1, patch)), Text(Assert.Single(await EntriesAsync())));
    }

    /// <summary>Several patches are one step, an entry and a version each.</summary>
    [Fact]
    [Promise(2, 3)]
    public async Task Queue_SeveralPatches_AreOneStep()
    {
        await ReadyAsync(version: 5);

        await QueuedAsync(Patch(6, (A, [1]), (B, [1])), Patch(7, (A, [2])), Patch(8, (B, null), (C, [3])));

        var read = await ReadAsync(A, B, C);
        Assert.Equal(8, read.Meta!.Version);
        Assert.Equal([7, 0, 8], read.Records.Select(r => r!.Value.Version));
        await HasEntriesAsync(6, 7, 8);
    }

    /// <summary>If one of several patches does not follow, none is taken.</summary>
    [Fact]
    [Promise(3)]
    public async Task Queue_OneOfSeveralDoesNotFollow_ChangesNothing()
    {
        await ReadyAsync(version: 5);
        var before = await StateAsync();

        var refused = await Record.ExceptionAsync(async () =>
            Assert.Equal(HotQueueStatus.OutOfOrder, (await QueueAsync(Patch(6, (A, [1])), Patch(8, (B, [1])), Patch(9, (C, [1])))).Status));

        Assert.True(refused is null or ArgumentException, $"{refused}");
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>At another version than hot's, nothing is taken.</summary>
    /// <param name="predecessor">The version that the patches follow; hot is at 6.</param>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [Promise(2, 3)]
    public async Task Queue_AtAnotherVersion_IsOutOfOrder(long predecessor)
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [1])));
        var before = await StateAsync();

        Assert.Equal(new HotQueueResult(HotQueueStatus.OutOfOrder, 6), await QueueAsync(Patch(predecessor + 1, (A, [2])), Patch(predecessor + 2, (B, [2]))));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A version may be far above the one before: entries that were coalesced, or the jump after a rollback.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_OverAJump_IsTaken()
    {
        await ReadyAsync(version: 5);
        var far = 5 + (1L << 32);

        await QueuedAsync(Patch(CommitId.New(), 5, far, (A, [1])));
        await QueuedAsync(Patch(far + 1, (A, [2])));

        await HasEntriesAsync(far, far + 1);
        Assert.Equal(far + 1, (await ReadAsync(A)).Records[0]!.Value.Version);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, far, Cancel);
        await HasEntriesAsync(far + 1);
    }

    /// <summary>Under another epoch than the one installed, nothing is taken, not even a repeat told of.</summary>
    /// <param name="epoch">The epoch; 4 is installed.</param>
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(0)]
    [Promise(8)]
    public async Task Queue_UnderAnotherEpoch_IsFenced(long epoch)
    {
        await ReadyAsync(version: 5, epoch: 4);
        var patch = Patch(6, (A, [1]));
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([patch], epoch: 4))).Status);
        var before = await StateAsync();

        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([Patch(7, (A, [2]))], epoch))).Status);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([patch], epoch))).Status);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([Patch(7, (A, [2]))], epoch, incarnation: 2))).Status);
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Hot that learned of a newer epoch from what cold said takes nothing under the older one any more.</summary>
    /// <param name="applied">Whether it was a commit, and not a fill.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(8)]
    public async Task Queue_AfterHotHeardOfANewerEpoch_IsFenced(bool applied)
    {
        await ReadyAsync(version: 5);
        Assert.True(applied ? await ApplyAsync(5, Meta(6, epoch: 2), CommitId.New(), (A, [9])) : await FillAsync(Meta(6, epoch: 2), Sealed(A, 6, 9)));

        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Patch(7, (A, [1])))).Status);
        Assert.Equal([9], (await ReadAsync(A)).Records[0]!.Value.Envelope.ToArray());
        Assert.Equal(1, (await OutboxStateAsync())!.Epoch);
        Assert.Empty(await EntriesAsync());
    }

    /// <summary>For another life than the one that hot holds, nothing is taken.</summary>
    /// <param name="incarnation">The life; hot holds the second.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Promise(5)]
    public async Task Queue_ForAnotherLife_IsRefused(long incarnation)
    {
        await ReadyAsync(version: 5, incarnation: 2);
        var patch = Patch(6, (A, [1]));
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([patch], incarnation: 2))).Status);
        var before = await StateAsync();

        Assert.Equal(HotQueueStatus.IncarnationEnded, (await QueueAsync(Queued([Patch(7, (A, [2]))], incarnation: incarnation))).Status);
        Assert.Equal(HotQueueStatus.IncarnationEnded, (await QueueAsync(Queued([patch], incarnation: incarnation))).Status);
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Where hot knows nothing of the session's records, nothing is taken: it is adopted first.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_WithoutMeta_IsRefused()
    {
        Assert.Equal(new HotQueueResult(HotQueueStatus.NoMeta, 0), await QueueAsync(Patch(1, (A, [1]))));
        await InstallAsync(1);
        Assert.Equal(new HotQueueResult(HotQueueStatus.NoMeta, 0), await QueueAsync(Patch(1, (A, [1]))));

        await AdoptAsync(Meta(5));
        await Tier.EvictAsync(Session, Cancel);

        Assert.Equal(new HotQueueResult(HotQueueStatus.NoMeta, 0), await QueueAsync(Patch(6, (A, [1]))));
        Assert.Empty(await EntriesAsync());
        Assert.Null((await ReadAsync(A)).Meta);
    }

    /// <summary>Records that were verified under another run are nothing to build on.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_MetaOfAnotherRun_IsRefused()
    {
        _ = Outbox;
        await InstallAsync(1);
        Assert.True(await FillAsync((await ReadAsync()).Generation, Meta(5, runId: "another"), Sealed(A, 5, 1)));

        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(6, (A, [2])))).Status);
        Assert.Empty(await EntriesAsync());

        Assert.Equal(5, await AdoptAsync(Meta(5)));
        await QueuedAsync(Patch(6, (A, [2])));
    }

    /// <summary>While a holder gives hot again what it lost, nobody vouches for what is there, and nothing else is taken.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_AfterAnAdoptionThatIsNotWhole_TakesWhatIsGivenAgainAndVouchesForNothing()
    {
        _ = Outbox;
        await InstallAsync(1);
        Assert.Equal(5, await AdoptAsync(Meta(5), isWhole: false));
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(6, (A, [1])))).Status);

        Assert.Equal(new HotQueueResult(HotQueueStatus.Queued, 6), await GiveAgainAsync(Patch(6, (A, [1]))));

        Assert.NotEqual(Tier.RunId, (await ReadAsync()).Outbox!.RunId);
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(7, (A, [2])))).Status);
        Assert.Equal(6, await AdoptAsync(Meta(5)));
        Assert.Equal(Tier.RunId, (await ReadAsync()).Outbox!.RunId);
        await QueuedAsync(Patch(7, (A, [2])));
        await HasEntriesAsync(6, 7);
    }

    /// <summary>Of many who queue at the same version at once, one is taken.</summary>
    [Fact]
    [Promise(3, 8)]
    public async Task Queue_ManyAtOnce_OneIsTaken()
    {
        await ReadyAsync(version: 0);
        for (var version = 1; version <= 25; version++)
        {
            var patches = Enumerable.Range(0, 8).Select(i => Patch(version, (A, [(byte)i, (byte)version]), (B, [(byte)i]))).ToList();

            var results = await Task.WhenAll(patches.Select(p => Task.Run(async () => await QueueAsync(p), Cancel)));

            var taken = patches[Assert.Single(Enumerable.Range(0, 8), i => results[i].Status == HotQueueStatus.Queued)];
            Assert.Equal(7, results.Count(r => r == new HotQueueResult(HotQueueStatus.OutOfOrder, version)));
            var read = await ReadAsync(A, B);
            Assert.Equal(taken.Changes.Select(c => c.Envelope!.Value.ToArray()), read.Records.Select(r => r!.Value.Envelope.ToArray()));
            Assert.Equal(Text(new OutboxEntry(1, 1, taken)), Text((await EntriesAsync())[^1]));
        }

        await HasEntriesAsync([.. Enumerable.Range(1, 25).Select(v => (long)v)]);
    }

    /// <summary>Whoever reads meanwhile sees whole steps: of the records, the meta and the outbox.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Queue_WhileOthersRead_IsWhole()
    {
        await ReadyAsync(version: 0);
        AuthKey[] keys = [.. Enumerable.Range(0, 10).Select(i => new AuthKey("session", $"{i}"))];
        var other = await Fixture.OpenAsync();
        using var done = new CancellationTokenSource();
        var readers = new[] { Tier, other }.Select(tier => Task.Run(
            async () =>
            {
                long last = 0;
                do
                {
                    var read = await tier.ReadAsync(Session, keys, false, Cancel);
                    var version = read.Meta!.Version;
                    Assert.Equal(version, read.Outbox!.Version);
                    Assert.True(version >= last);
                    // Two patches in each step: nobody sees the first alone.
                    Assert.Equal(0, version % 2);
                    if (version > 0)
                        Assert.All(read.Records, r => Assert.Equal((version, (byte)version), (r!.Value.Version, r.Value.Envelope.Span[0])));
                    last = version;
                    // Answered at once, a reader would keep the thread that the others' answers need.
                    await Task.Yield();
                }
                while (!done.IsCancellationRequested);
            },
            Cancel)).ToList();

        try
        {
            for (var version = 2; version <= 100; version += 2)
                await QueuedAsync(Patch(version - 1, (keys[0], [0]), (keys[9], [0])), Patch(version, [.. keys.Select(k => (k, (byte[]?)[(byte)version]))]));
        }
        finally
        {
            await done.CancelAsync();
        }

        await Task.WhenAll(readers);
    }

    /// <summary>Large patches are one step too, and come back as they were.</summary>
    /// <param name="records">How many records.</param>
    /// <param name="size">The size of each envelope in bytes.</param>
    [Theory]
    [InlineData(812, 300)]
    [InlineData(5000, 60)]
    [InlineData(1, AuthLimits.MaxValueBytes)]
    [InlineData(1, 0)]
    [Promise(2, 3)]
    public async Task Queue_AnySize_ComesBackAsItWas(int records, int size)
    {
        await ReadyAsync(version: 5);
        AuthKey[] keys = [.. Enumerable.Range(0, records).Select(i => new AuthKey("pre-key", $"{i}"))];
        var patch = Patch(6, [.. keys.Select((k, i) => (k, (byte[]?)Sample.Noise(size, i)))]);

        await QueuedAsync(patch);

        var read = await ReadAsync(keys);
        var entry = Assert.Single(await EntriesAsync()).Patch;
        Assert.Equal(records, entry.Changes.Count);
        for (var i = 0; i < records; i++)
        {
            var envelope = patch.Changes[i].Envelope!.Value.Span;
            Assert.True(read.Records[i] is { Version: 6 } record && record.Envelope.Span.SequenceEqual(envelope), $"record {i}");
            Assert.True(entry.Changes[i].Key == keys[i] && entry.Changes[i].Envelope!.Value.Span.SequenceEqual(envelope), $"change {i} of the entry");
        }
    }

    /// <summary>Names of any kind are themselves, in records, entries and sessions.</summary>
    [Fact]
    [Promise(13)]
    public async Task Queue_AnyName_IsItself()
    {
        _ = Outbox;
        AuthKey[] keys = [.. Sample.Pairs.Concat(Sample.Names.Select(n => ("n", n))).Select(n => new AuthKey(n.Item1, n.Item2))];
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, [.. keys.Select((k, i) => (k, (byte[]?)BitConverter.GetBytes(i)))]));
        AuthSessionId[] sessions = [.. Sample.Pairs.Select(n => new AuthSessionId(n.First, n.Second))];
        for (var i = 0; i < sessions.Length; i++)
        {
            await ReadyAsync(version: i, session: sessions[i]);
            Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(i + 1, (A, BitConverter.GetBytes(i)))], session: sessions[i]))).Status);
        }

        Assert.Equal(Enumerable.Range(0, keys.Length), (await ReadAsync(keys)).Records.Select(r => BitConverter.ToInt32(r!.Value.Envelope.Span)));
        Assert.Equal(keys, Assert.Single(await EntriesAsync()).Patch.Changes.Select(c => c.Key));
        for (var i = 0; i < sessions.Length; i++)
        {
            Assert.Equal(i, BitConverter.ToInt32((await Tier.ReadAsync(sessions[i], [A], false, Cancel)).Records[0]!.Value.Envelope.Span));
            Assert.Equal(i + 1, Assert.Single(await Outbox.ReadAsync(sessions[i], 0, 10, Cancel)).Patch.Version);
        }
    }

    /// <summary>What is cancelled before it begins changes nothing.</summary>
    [Fact]
    [Promise(12)]
    public async Task CancelledBefore_ChangesNothing()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [1])));
        var before = await StateAsync();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Outbox.QueueAsync(Queued([Patch(7, (A, [2]))]), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 6, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Outbox.AdoptAsync(
            new HotAdoption { Session = Session, Meta = Meta(9), ValidFor = TimeSpan.FromMinutes(1) }, cancelled));

        Assert.Equal(before, await StateAsync());
    }
}
