using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What a hot tier takes and gives. It may lose anything at any time; what it must never do is give what is not so any more.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotTierContract<TFixture> : IAsyncLifetime
    where TFixture : HotTierFixture, new()
{
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private static readonly DateTimeOffset Later = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private IHotTier _tier = null!;

    /// <summary>What this test's tier is opened by.</summary>
    protected TFixture Fixture { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _tier = await Fixture.OpenAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A tier that has nothing says so: a miss is not an absence.</summary>
    [Fact]
    [Promise(1)]
    public async Task Read_Nothing_IsAMiss()
    {
        var read = await ReadAsync(A, B);

        Assert.Null(read.Meta);
        Assert.Equal([null, null], read.Records);
        Assert.NotEmpty(read.RunId);
        Assert.Empty(read.DataKeys);
    }

    /// <summary>What was filled is answered, and absence is answered as absence; what was not filled is a miss.</summary>
    [Fact]
    [Promise(1)]
    public async Task Fill_AfterAMiss_Answers()
    {
        var miss = await ReadAsync(A);
        Assert.True(await FillAsync(miss.Generation, version: 3, Record(A, 2, 1), SealedRecord.Absent(B)));

        var hit = await ReadAsync(B, A, new AuthKey("session", "c"), A);

        Assert.Equal(Meta(3, miss.RunId), hit.Meta);
        Assert.Equal([0, 2, null, 2], hit.Records.Select(r => r?.Version));
        Assert.Equal([1], hit.Records[1]!.Value.Envelope.ToArray());
        Assert.Equal([B, A, A], hit.Records.Where(r => r is not null).Select(r => r!.Value.Key));
    }

    /// <summary>A fill whose miss was before an eviction comes too late.</summary>
    [Fact]
    [Promise(4, 5)]
    public async Task Fill_AfterAnEviction_IsDropped()
    {
        var miss = await ReadAsync(A);
        await _tier.EvictAsync(Session, Cancel);

        Assert.False(await FillAsync(miss.Generation, version: 3, Record(A, 2, 1)));
        Assert.Null((await ReadAsync(A)).Meta);
        Assert.True(await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1)));
    }

    /// <summary>A fill that is older than a commit which came meanwhile is dropped, and so is what it would bring back.</summary>
    /// <param name="deletes">Whether the commit deleted the record.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(4, 5)]
    public async Task Fill_OlderThanACommitThatCameMeanwhile_IsDropped(bool deletes)
    {
        var miss = await ReadAsync(A);
        Assert.True(await ApplyAsync(3, 4, (A, deletes ? null : [4])));

        Assert.False(await FillAsync(miss.Generation, version: 3, Record(A, 2, 1), Record(B, 2, 1)));

        var read = await ReadAsync(A, B);
        Assert.Equal(deletes ? 0 : 4, read.Records[0]!.Value.Version);
        Assert.Null(read.Records[1]);
    }

    /// <summary>A newer fill empties what was older: records of two versions never stand side by side.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Fill_OfAnotherVersion_EmptiesWhatWasOlder()
    {
        await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1));
        await FillAsync((await ReadAsync(B)).Generation, version: 5, Record(B, 5, 9));

        var read = await ReadAsync(A, B);
        Assert.Equal(5, read.Meta!.Version);
        Assert.Null(read.Records[0]);
        Assert.Equal(5, read.Records[1]!.Value.Version);
    }

    /// <summary>A fill of the same version adds, and the later good-until holds.</summary>
    [Fact]
    public async Task Fill_OfTheSameVersion_AddsAndKeepsTheLaterGoodUntil()
    {
        var run = (await ReadAsync(A)).RunId;
        await FillAsync((await ReadAsync(A)).Generation, Meta(3, run) with { GoodUntil = Later.AddSeconds(5) }, Record(A, 2, 1));
        await FillAsync((await ReadAsync(B)).Generation, Meta(3, run) with { GoodUntil = Later.AddSeconds(1) }, Record(B, 3, 1));

        var read = await ReadAsync(A, B);
        Assert.Equal(Later.AddSeconds(5), read.Meta!.GoodUntil);
        Assert.Equal([2, 3], read.Records.Select(r => r!.Value.Version));
    }

    /// <summary>A commit right after what is held keeps the other records.</summary>
    [Fact]
    [Promise(4)]
    public async Task Apply_RightAfterWhatIsHeld_KeepsTheOtherRecords()
    {
        await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1), Record(B, 3, 1));

        Assert.True(await ApplyAsync(3, 4, (A, null)));

        var read = await ReadAsync(A, B);
        Assert.Equal(4, read.Meta!.Version);
        Assert.Equal([0, 3], read.Records.Select(r => r!.Value.Version));
    }

    /// <summary>A commit after a gap forgets the other records: one of the commits that were missed may have changed them.</summary>
    [Fact]
    [Promise(4, 5)]
    public async Task Apply_AfterAGap_ForgetsTheOtherRecords()
    {
        await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1), Record(B, 3, 1));

        await ApplyAsync(4, 5, (A, [5]));

        var read = await ReadAsync(A, B);
        Assert.Equal(5, read.Meta!.Version);
        Assert.Equal(5, read.Records[0]!.Value.Version);
        Assert.Null(read.Records[1]);
    }

    /// <summary>An older commit, or the same again, changes nothing.</summary>
    [Fact]
    [Promise(4, 6)]
    public async Task Apply_OfAnOlderCommit_ChangesNothing()
    {
        await ApplyAsync(4, 5, (A, [5]));

        Assert.True(await ApplyAsync(3, 4, (A, [4]), (B, [4])));
        Assert.True(await ApplyAsync(4, 5, (A, [6])));

        var read = await ReadAsync(A, B);
        Assert.Equal((5, 5), ((int)read.Meta!.Version, read.Records[0]!.Value.Envelope.Span[0]));
        Assert.Null(read.Records[1]);
    }

    /// <summary>A commit where nothing is held begins with what it brings.</summary>
    [Fact]
    public async Task Apply_WhereNothingIsHeld_BeginsThere()
    {
        Assert.True(await ApplyAsync(8, 9, (A, [1]), (B, null)));

        var read = await ReadAsync(A, B, new AuthKey("session", "c"));
        Assert.Equal(9, read.Meta!.Version);
        Assert.Equal([9, 0, null], read.Records.Select(r => r?.Version));
    }

    /// <summary>A former life never comes back, by fill or commit.</summary>
    [Fact]
    [Promise(5)]
    public async Task Former_Life_NeverComesBack()
    {
        var miss = await ReadAsync(A);
        Assert.True(await FillAsync(miss.Generation, Meta(1, miss.RunId) with { Incarnation = 2 }));

        Assert.False(await FillAsync(miss.Generation, version: 9, Record(A, 2, 1)));
        await ApplyAsync(9, 10, (A, [5]));

        var read = await ReadAsync(A);
        Assert.Equal((2, 1), (read.Meta!.Incarnation, read.Meta.Version));
        Assert.Null(read.Records[0]);
    }

    /// <summary>Another life takes nothing over from the one before.</summary>
    [Fact]
    [Promise(5)]
    public async Task Next_Life_TakesNothingOver()
    {
        var key = new WrappedDataKey(new DataKeyId(1), new byte[40]);
        var miss = await ReadAsync(A);
        await _tier.FillAsync(
            new HotFill { Session = Session, Generation = miss.Generation, Meta = Meta(3, miss.RunId), Records = [Record(A, 2, 1)], DataKeys = [key] }, Cancel);

        await FillAsync((await ReadAsync(A)).Generation, Meta(3, miss.RunId) with { Incarnation = 2 }, Record(B, 3, 1));

        var read = await _tier.ReadAsync(Session, [A, B], withDataKeys: true, Cancel);
        Assert.Null(read.Records[0]);
        Assert.Equal(3, read.Records[1]!.Value.Version);
        Assert.Empty(read.DataKeys);
    }

    /// <summary>What carries a lower epoch than the one installed is refused.</summary>
    [Fact]
    [Promise(8)]
    public async Task InstallEpoch_ThenALowerOne_IsRefused()
    {
        Assert.True((await _tier.InstallEpochAsync(new LeaseRef(Session, 7), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        Assert.True((await _tier.InstallEpochAsync(new LeaseRef(Session, 7), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        Assert.False((await _tier.InstallEpochAsync(new LeaseRef(Session, 6), vouchesFor: TimeSpan.Zero, Cancel)).Installed);

        var miss = await ReadAsync(A);
        Assert.False(await FillAsync(miss.Generation, Meta(3, miss.RunId) with { Epoch = 6 }, Record(A, 2, 1)));
        await _tier.ApplyAsync(Apply(3, Meta(4, miss.RunId) with { Epoch = 6 }, (A, [6])), Cancel);
        Assert.Null((await ReadAsync(A)).Records[0]);

        Assert.True(await FillAsync(miss.Generation, Meta(3, miss.RunId) with { Epoch = 7 }, Record(A, 2, 1)));
        Assert.Equal(7, (await ReadAsync(A)).Meta!.Epoch);
    }

    /// <summary>An epoch that came with what cold said is known as one that was installed: what is of a former lease is refused from then on.</summary>
    /// <param name="applied">Whether it came with a commit, and not with a fill.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(8)]
    public async Task HigherEpoch_ThatCameWithAVersion_RefusesTheLowerOne(bool applied)
    {
        var miss = await ReadAsync(A);
        var known = Meta(3, miss.RunId) with { Epoch = 7 };
        Assert.True(applied ? await _tier.ApplyAsync(Apply(2, known, (A, [7])), Cancel) : await FillAsync(miss.Generation, known, Record(A, 3, 7)));

        Assert.False((await _tier.InstallEpochAsync(new LeaseRef(Session, 6), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        Assert.False(await FillAsync(miss.Generation, Meta(5, miss.RunId) with { Epoch = 6 }, Record(A, 5, 6)));
        await _tier.ApplyAsync(Apply(3, Meta(4, miss.RunId) with { Epoch = 6 }, (A, [6])), Cancel);

        var read = await ReadAsync(A);
        Assert.Equal(known, read.Meta);
        Assert.Equal([7], read.Records[0]!.Value.Envelope.ToArray());
        Assert.True((await _tier.InstallEpochAsync(new LeaseRef(Session, 8), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
    }

    /// <summary>What is verified again is of the run it was verified under, or it would never be believed after a restart.</summary>
    [Fact]
    public async Task Fill_OfTheSameVersionInAnotherRun_IsOfThatRun()
    {
        await FillAsync((await ReadAsync(A)).Generation, Meta(3, "former"), Record(A, 2, 1));
        var doubted = await ReadAsync(A);
        Assert.NotEqual(doubted.RunId, doubted.Meta!.RunId);

        Assert.True(await FillAsync(doubted.Generation, Meta(3, doubted.RunId), Record(A, 2, 1)));

        var read = await ReadAsync(A);
        Assert.Equal(read.RunId, read.Meta!.RunId);
    }

    /// <summary>A commit that begins another life takes nothing over from the one before.</summary>
    [Fact]
    [Promise(5)]
    public async Task Apply_OfTheNextLife_TakesNothingOver()
    {
        var miss = await ReadAsync(A);
        await FillAsync(miss.Generation, version: 3, Record(A, 2, 1), Record(B, 3, 1));

        Assert.True(await _tier.ApplyAsync(Apply(3, Meta(4, miss.RunId) with { Incarnation = 2 }, (A, [4])), Cancel));

        var read = await ReadAsync(A, B);
        Assert.Equal((2, 4), (read.Meta!.Incarnation, read.Meta.Version));
        Assert.Equal([4, null], read.Records.Select(r => r?.Version));
    }

    /// <summary>An eviction takes the data keys too: what comes after it brings its own.</summary>
    [Fact]
    public async Task Evict_Session_TakesTheDataKeys()
    {
        var key = new WrappedDataKey(new DataKeyId(1), Sample.Noise(80));
        var miss = await ReadAsync(A);
        await _tier.FillAsync(new HotFill { Session = Session, Generation = miss.Generation, Meta = Meta(1, miss.RunId), Records = [], DataKeys = [key] }, Cancel);
        await ApplyAsync(1, 2, (A, [2]));
        Assert.Single((await _tier.ReadAsync(Session, [], withDataKeys: true, Cancel)).DataKeys);

        await _tier.EvictAsync(Session, Cancel);
        await ApplyAsync(2, 3, (A, [3]));

        Assert.Empty((await _tier.ReadAsync(Session, [], withDataKeys: true, Cancel)).DataKeys);
    }

    /// <summary>Data keys come with the read that wants them, and a fill without any leaves them.</summary>
    [Fact]
    public async Task DataKeys_ComeWithTheReadThatWantsThem()
    {
        var key = new WrappedDataKey(new DataKeyId(0xF000_0000_0000_0001), Sample.Noise(80));
        var miss = await ReadAsync(A);
        await _tier.FillAsync(new HotFill { Session = Session, Generation = miss.Generation, Meta = Meta(1, miss.RunId), Records = [], DataKeys = [key] }, Cancel);
        await FillAsync((await ReadAsync(A)).Generation, version: 1, SealedRecord.Absent(A));

        Assert.Empty((await ReadAsync(A)).DataKeys);
        var found = Assert.Single((await _tier.ReadAsync(Session, [A], withDataKeys: true, Cancel)).DataKeys);
        Assert.Equal(key.Id, found.Id);
        Assert.True(found.Bytes.Span.SequenceEqual(key.Bytes.Span));
    }

    /// <summary>Eviction takes the meta, the records and the keys, and nothing of another session.</summary>
    [Fact]
    [Promise(13)]
    public async Task Evict_Session_TakesAllOfItAndNothingElse()
    {
        var other = new AuthSessionId("clinic", "reception2");
        await ApplyAsync(0, 1, (A, [1]), (B, [2]));
        await _tier.ApplyAsync(Apply(0, Meta(1, _tier.RunId), (A, [3]), other), Cancel);

        await _tier.EvictAsync(Session, Cancel);
        await _tier.EvictAsync(new AuthSessionId("no", "body"), Cancel);

        var read = await ReadAsync(A, B);
        Assert.Null(read.Meta);
        Assert.Equal([null, null], read.Records);
        Assert.Equal([3], (await _tier.ReadAsync(other, [A], false, Cancel)).Records[0]!.Value.Envelope.ToArray());
    }

    /// <summary>Envelopes of any size and names of any kind come back as they were.</summary>
    [Fact]
    [Promise(13)]
    public async Task Apply_AnyNameAndSize_ComesBackAsItWas()
    {
        AuthKey[] keys = [.. Sample.Pairs.Concat(Sample.Names.Select(n => ("n", n))).Select(n => new AuthKey(n.Item1, n.Item2))];
        await ApplyAsync(0, 1, [.. keys.Select((k, i) => (k, (byte[]?)Sample.Noise(i * 100, i)))]);
        AuthSessionId[] sessions = [.. Sample.Pairs.Select(n => new AuthSessionId(n.First, n.Second))];
        for (var i = 0; i < sessions.Length; i++)
            await _tier.ApplyAsync(Apply(0, Meta(1, _tier.RunId), (A, BitConverter.GetBytes(i)), sessions[i]), Cancel);

        var read = await ReadAsync(keys);
        Assert.All(read.Records, (r, i) => Assert.True(r!.Value.Exists && r.Value.Envelope.Span.SequenceEqual(Sample.Noise(i * 100, i)), keys[i].ToString()));
        for (var i = 0; i < sessions.Length; i++)
            Assert.Equal(i, BitConverter.ToInt32((await _tier.ReadAsync(sessions[i], [A], false, Cancel)).Records[0]!.Value.Envelope.Span));
    }

    /// <summary>What is cancelled before it begins changes nothing.</summary>
    [Fact]
    [Promise(12)]
    public async Task CancelledBefore_ChangesNothing()
    {
        await ApplyAsync(0, 1, (A, [1]));
        var read = await ReadAsync(A);
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _tier.ReadAsync(Session, [A], false, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _tier.ApplyAsync(Apply(1, Meta(2, read.RunId), (A, [2])), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _tier.EvictAsync(Session, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _tier.InstallEpochAsync(new LeaseRef(Session, 5), vouchesFor: TimeSpan.Zero, cancelled));

        var after = await ReadAsync(A);
        Assert.Equal((read.Meta, read.Generation), (after.Meta, after.Generation));
        Assert.Equal([1], after.Records[0]!.Value.Envelope.ToArray());
    }

    /// <summary>An eviction is the last word on everything that was read before it, whatever the order.</summary>
    [Fact]
    [Promise(4, 5)]
    public async Task FillsAndEvictions_AtOnce_NeverLeaveAFillThatWasOvertaken()
    {
        for (var round = 0; round < 300; round++)
        {
            var miss = await ReadAsync(A);
            var evict = Task.Run(async () => await _tier.EvictAsync(Session, Cancel), Cancel);
            await FillAsync(miss.Generation, version: 3, Record(A, 2, 1));
            await evict;

            Assert.Null((await ReadAsync(A)).Meta);
        }
    }

    /// <summary>Commits and reads at once: every read is of one version.</summary>
    [Fact]
    [Promise(3)]
    public async Task AppliesAndReads_AtOnce_AreWhole()
    {
        AuthKey[] keys = [.. Enumerable.Range(0, 10).Select(i => new AuthKey("session", $"{i}"))];
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                long last = 0;
                do
                {
                    // Answered at once, a reader would keep the thread that the others' answers need.
                    await Task.Yield();
                    var read = await ReadAsync(keys);
                    if (read.Meta is not { } meta)
                        continue;
                    Assert.All(read.Records, r => Assert.Equal(meta.Version, r!.Value.Version));
                    Assert.Single(read.Records.Select(r => r!.Value.Envelope.Span[0]).Distinct());
                    Assert.True(meta.Version >= last);
                    last = meta.Version;
                }
                while (!done.IsCancellationRequested);
            },
            Cancel)).ToList();

        try
        {
            for (var version = 1; version < 200; version++)
                await ApplyAsync(version - 1, version, [.. keys.Select(k => (k, (byte[]?)[(byte)version]))]);
        }
        finally
        {
            await done.CancelAsync();
        }

        await Task.WhenAll(readers);
    }

    private static SealedRecord Record(AuthKey key, long version, byte content) => new(key, version, new[] { content });

    private static HotMeta Meta(long version, string runId) => new() { Incarnation = 1, Version = version, RunId = runId, GoodUntil = Later };

    private static HotApply Apply(long previous, HotMeta meta, (AuthKey Key, byte[]? Envelope) change, AuthSessionId? session = null) => new()
    {
        Session = session ?? Session,
        PreviousVersion = previous,
        Meta = meta,
        CommitId = CommitId.New(),
        Changes = [new SealedChange(change.Key, change.Envelope is { } envelope ? envelope : (ReadOnlyMemory<byte>?)null)],
    };

    private ValueTask<HotRead> ReadAsync(params AuthKey[] keys) => _tier.ReadAsync(Session, keys, withDataKeys: false, Cancel);

    private ValueTask<bool> FillAsync(long generation, long version, params SealedRecord[] records) => FillAsync(generation, Meta(version, _tier.RunId), records);

    private ValueTask<bool> FillAsync(long generation, HotMeta meta, params SealedRecord[] records) =>
        _tier.FillAsync(new HotFill { Session = Session, Generation = generation, Meta = meta, Records = records }, Cancel);

    private ValueTask<bool> ApplyAsync(long previous, long version, params (AuthKey Key, byte[]? Envelope)[] changes) =>
        _tier.ApplyAsync(
            new HotApply
            {
                Session = Session,
                PreviousVersion = previous,
                Meta = Meta(version, _tier.RunId),
                CommitId = CommitId.New(),
                Changes = [.. changes.Select(c => new SealedChange(c.Key, c.Envelope is { } envelope ? envelope : (ReadOnlyMemory<byte>?)null))],
            },
            Cancel);
}
