using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Reads and commits of a cold tier.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdCommitContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>A session that never was is authoritatively absent, and so are its records.</summary>
    [Fact]
    [Promise(1)]
    public async Task Read_NoSession_IsAbsent()
    {
        var read = await ReadAsync("a", "b");

        Assert.Null(read.Head);
        Assert.Equal(0, read.LastEndedIncarnation);
        Assert.Equal([SealedRecord.Absent(Record("a")), SealedRecord.Absent(Record("b"))], read.Records);
        Assert.Empty(read.DataKeys);
    }

    /// <summary>Answers come in the order asked, one for each key, also where a key occurs twice.</summary>
    [Fact]
    [Promise(1)]
    public async Task Read_ManyKeys_AnswersEachInOrder()
    {
        await CommitAsync(Creation(Patch(Set("a", 1), Set("b", 2))));

        var read = await ReadAsync("b", "c", "a", "b");

        Assert.Equal(["b", "c", "a", "b"], read.Records.Select(r => r.Key.Id));
        Assert.Equal([1, 0, 1, 1], read.Records.Select(r => r.Version));
        Assert.Equal([2, -1, 1, 2], read.Records.Select(r => r.Exists ? r.Envelope.Span[0] : -1));
        Assert.Equal(1, read.Head!.Version);
    }

    /// <summary>The wrapped data keys come only when they are asked for.</summary>
    [Fact]
    public async Task Read_DataKeys_ComeWhenAskedFor()
    {
        await CreateAsync();

        Assert.Empty((await Tier.ReadAsync(Session, [Record("a")], withDataKeys: false, Cancel)).DataKeys);
        var key = Assert.Single((await Tier.ReadAsync(Session, [], withDataKeys: true, Cancel)).DataKeys);
        Assert.Equal(Key1.Id, key.Id);
        Assert.True(key.Bytes.Span.SequenceEqual(Key1.Bytes.Span));
    }

    /// <summary>The first commit creates the session.</summary>
    [Fact]
    [Promise(2)]
    public async Task Commit_NoSession_CreatesIt()
    {
        var result = await CommitAsync(Creation(Patch(Set("a", 1), Set("b", 2))));

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.Committed, Incarnation = 1, Version = 1 }, result);
        var read = await ReadAsync("a", "b", "c");
        Assert.Equal((1, 1, 0, 0), (read.Head!.Incarnation, read.Head.Version, read.Head.Epoch, read.Head.AheadEpoch));
        Assert.Equal([1, 1, 0], read.Records.Select(r => r.Version));
        Assert.Equal(read.Head.CreatedAt, read.Head.UpdatedAt);
        Assert.Equal(0, read.LastEndedIncarnation);
    }

    /// <summary>Each commit raises the version by one, and only what it changed carries it.</summary>
    [Fact]
    [Promise(2, 11)]
    public async Task Commit_Again_RaisesTheVersionOfWhatChanged()
    {
        await CommitAsync(Creation(Patch(Set("a", 1), Set("b", 1), Set("c", 1))));
        await Fixture.AdvanceAsync(TimeSpan.FromMilliseconds(50));

        var result = await CommitAsync(Commit(Patch(Set("b", 7), Delete("a"), Delete("never there"))));

        Assert.Equal((ColdCommitStatus.Committed, 2, 1), (result.Status, result.Version, result.PreviousVersion));
        var read = await ReadAsync("a", "b", "c");
        Assert.Equal([0, 2, 1], read.Records.Select(r => r.Version));
        Assert.Equal(7, read.Records[1].Envelope.Span[0]);
        Assert.InRange(read.Head!.UpdatedAt - read.Head.CreatedAt, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));
    }

    /// <summary>A deleted record that is set again is there again, with its new version.</summary>
    [Fact]
    public async Task Commit_DeleteAndSetAgain_IsThere()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Delete("a"))));
        Assert.False((await ReadAsync("a")).Records[0].Exists);

        await CommitAsync(Commit(Patch(Set("a", 3))));

        var record = (await ReadAsync("a")).Records[0];
        Assert.Equal(3, record.Version);
        Assert.Equal(3, record.Envelope.Span[0]);
    }

    /// <summary>What one process committed, another one reads.</summary>
    [Fact]
    [Promise(2)]
    public async Task Commit_Acknowledged_IsReadByAnotherTier()
    {
        await CreateAsync();
        var other = await Fixture.OpenAsync();

        Assert.Equal(1, (await other.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
        await other.CommitAsync(Commit(Patch(Set("a", 2))), Cancel);

        Assert.Equal(2, (await ReadAsync("a")).Records[0].Version);
    }

    /// <summary>The bytes belong to the caller when the commit has returned: changing them changes nothing that is kept.</summary>
    [Fact]
    public async Task Commit_BytesChangedAfterwards_AreKeptAsTheyWere()
    {
        var bytes = new byte[] { 1, 2, 3 };
        await CommitAsync(Creation(Patch(new SealedChange(Record("a"), bytes))));
        Array.Clear(bytes);

        Assert.Equal([1, 2, 3], (await ReadAsync("a")).Records[0].Envelope.ToArray());
    }

    /// <summary>Envelopes of any size come back as they were; an empty one is not an absent one.</summary>
    [Fact]
    [Promise(1)]
    public async Task Commit_EnvelopesOfAnySize_ComeBackAsTheyWere()
    {
        int[] sizes = [0, 1, 255, 256, 4095, 4096, 65_535, 65_536, 1_048_577, AuthLimits.MaxValueBytes];
        await CommitAsync(Creation(Patch([.. sizes.Select(size => new SealedChange(Record($"{size}"), Sample.Noise(size, size)))])));

        var read = await ReadAsync([.. sizes.Select(size => $"{size}")]);

        Assert.All(read.Records, (record, i) =>
        {
            Assert.True(record.Exists);
            Assert.True(record.Envelope.Span.SequenceEqual(Sample.Noise(sizes[i], sizes[i])), $"{sizes[i]} bytes");
        });
    }

    /// <summary>Thousands of records in one patch are one commit.</summary>
    [Fact]
    [Promise(3)]
    public async Task Commit_ThousandsOfRecords_AreOneCommit()
    {
        var result = await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 3_000).Select(i => Set($"{i}", length: 10))])));

        Assert.Equal(1, result.Version);
        Assert.Equal(3_000, (await Tier.SummarizeAsync(Session, Cancel))!.Value.Types.Single().Records);
    }

    /// <summary>A commit to one session leaves every other as it is.</summary>
    [Fact]
    [Promise(13)]
    public async Task Commit_OneSession_LeavesOthersAlone()
    {
        var other = new AuthSessionId("clinic", "other");
        await CommitAsync(CreationOf(other, 1, Patch(Set("a", 9))));
        await CreateAsync();
        await CommitAsync(Commit(Patch(Delete("a"))));

        var read = await Tier.ReadAsync(other, [Record("a")], false, Cancel);
        Assert.Equal(1, read.Head!.Version);
        Assert.Equal(9, read.Records[0].Envelope.Span[0]);
    }

    /// <summary>Only the session's newest data key may have sealed what is new.</summary>
    [Fact]
    public async Task Commit_OtherDataKey_IsRefused()
    {
        await CreateAsync();
        var before = await StateAsync();
        var commit = new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key2.Id, NewDataKey = Key2, Patches = [Patch(Set("a", 9))] };

        Assert.Equal(ColdCommitStatus.DataKeyChanged, (await CommitAsync(commit)).Status);

        Assert.Equal(before, await StateAsync());
        Assert.Equal(Key1.Id, Assert.Single((await ReadAsync()).DataKeys).Id);
    }

    /// <summary>A session is not created without its first data key.</summary>
    [Fact]
    public async Task Commit_NoSessionAndNoDataKey_IsRefused()
    {
        Assert.Equal(ColdCommitStatus.DataKeyChanged, (await CommitAsync(Commit(Patch(Set("a"))))).Status);
        Assert.Null(await HeadAsync());
    }

    /// <summary>A database that was set back takes nothing from who has seen more of it.</summary>
    [Fact]
    [Promise(2, 4)]
    public async Task Commit_BelowTheVersionSeen_WentBack()
    {
        await CreateAsync();
        var before = await StateAsync();
        var seen = new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key1.Id, SeenVersion = 5, Patches = [Patch(Set("a", 9))] };
        var lost = new AuthSessionId("clinic", "lost");
        var absent = new ColdCommit { Session = lost, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, SeenVersion = 1, Patches = [Patch(Set("a"))] };

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.WentBack, Incarnation = 1, Version = 1 }, await CommitAsync(seen));
        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.WentBack }, await CommitAsync(absent));

        Assert.Equal(before, await StateAsync());
        Assert.Null((await Tier.ReadAsync(lost, [], false, Cancel)).Head);
    }

    /// <summary>Time alone takes nothing away.</summary>
    [Fact]
    [Promise(2, 7)]
    public async Task Commit_LongAgo_IsStillThere()
    {
        await CreateAsync();
        var before = await StateAsync();
        for (var i = 0; i < 3; i++)
            await RunOutAsync();

        Assert.Equal(before, await StateAsync());
    }
}
