using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>How a lease comes into a hot tier that queues, lives there, is told apart from former ones, and goes; and what is left after the tier lost something.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotEpochContract<TFixture> : HotContract<TFixture>
    where TFixture : HotTierFixture, new()
{
    /// <summary>The first epoch finds nothing, and from then on an empty outbox of the present run is known.</summary>
    [Fact]
    [Promise(8)]
    public async Task Install_First_FindsNothing()
    {
        _ = Outbox;
        Assert.Null(await OutboxStateAsync());

        var installation = await InstallAsync(3);

        Assert.True(installation.Installed);
        Assert.Null(installation.Former);
        var read = await ReadAsync(A);
        Assert.Equal(read.RunId, installation.RunId);
        Assert.Equal((3, "", true, false), (read.Outbox!.Epoch, read.Outbox.RunId, read.Outbox.IsEmpty, read.Outbox.HolderLives));
        Assert.Null(read.Meta);
    }

    /// <summary>Where cold had everything when the lease was granted, nothing can be missing: that is said at once, in the present run, whatever was there.</summary>
    /// <param name="restarted">Whether hot was restarted since somebody vouched for it.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(2)]
    public async Task Install_WhereColdIsComplete_VouchesForThePresentRun(bool restarted)
    {
        if (restarted)
        {
            await ReadyAsync(version: 5, epoch: 1);
            Assert.SkipUnless(await Fixture.RestartAsync(), "The tier can't be restarted here.");
        }
        else
        {
            _ = Outbox;
        }

        await Tier.InstallEpochAsync(new LeaseRef(Session, 2), vouchesFor: TimeSpan.FromMinutes(10), Cancel);

        var read = await ReadAsync(A);
        Assert.Equal((2, read.RunId), (read.Outbox!.Epoch, read.Outbox.RunId));
    }

    /// <summary>Who comes when its lease may be over is fenced as ever, and vouches for nothing: others may have queued since, and hot may have lost it.</summary>
    [Fact]
    [Promise(2)]
    public async Task Install_TooLate_VouchesForNothing()
    {
        _ = Outbox;

        Assert.True((await Tier.InstallEpochAsync(new LeaseRef(Session, 2), vouchesFor: TimeSpan.FromSeconds(-1), Cancel)).Installed);

        Assert.Equal((2, ""), ((await OutboxStateAsync())!.Epoch, (await OutboxStateAsync())!.RunId));
    }

    /// <summary>Who takes over learns what was queued before, and finds it there.</summary>
    [Fact]
    [Promise(2, 8)]
    public async Task Install_OverAnother_TellsOfTheFormerOutbox()
    {
        await ReadyAsync(version: 5, epoch: 3);
        await QueueAsync(Queued([Patch(6, (A, [6])), Patch(7, (A, [7]))], epoch: 3));
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 3), 1, 6, Cancel);
        var state = await OutboxStateAsync();

        Assert.Equal(state, (await InstallAsync(3)).Former);
        var installation = await InstallAsync(4);

        Assert.True(installation.Installed);
        Assert.Equal(state, installation.Former);
        Assert.Equal(state! with { Epoch = 4 }, await OutboxStateAsync());
        await HasEntriesAsync(7);
        Assert.Equal(3, Assert.Single(await EntriesAsync()).Epoch);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 4))).Status);
    }

    /// <summary>A former holder changes nothing any more.</summary>
    [Fact]
    [Promise(8)]
    public async Task Install_Higher_FencesTheFormerHolder()
    {
        await ReadyAsync(version: 5, epoch: 3);
        await QueueAsync(Queued([Patch(6, (A, [6]))], epoch: 3));
        var former = new LeaseRef(Session, 3);
        await InstallAsync(4);

        var installation = await InstallAsync(3);
        Assert.False(installation.Installed);
        Assert.Equal(4, installation.Former!.Epoch);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([Patch(7, (A, [7]))], epoch: 3))).Status);
        Assert.Null(await AdoptAsync(Meta(9, epoch: 3)));
        Assert.Equal([false], await Outbox.RenewAsync([former], Fixture.LeaseDuration, Cancel));
        Assert.False(await Outbox.ParkAsync(former, null, Cancel));
        await Outbox.ReleaseAsync(former, Cancel);
        await Outbox.DiscardAsync(former, 0, Cancel);
        Assert.False(await FillAsync(Meta(7, epoch: 3), Sealed(A, 7, 9)));
        await ApplyAsync(6, Meta(7, epoch: 3, incarnation: 1), CommitId.New(), (A, [9]));

        // What cold took of the former holder may trim the outbox, but changes no record.
        var read = await ReadAsync(A);
        Assert.Equal((6, 6), (read.Meta!.Version, read.Records[0]!.Value.Version));
        Assert.Equal((4, false), (read.Outbox!.Epoch, read.Outbox.HolderLives));
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(7, (A, [7]))], epoch: 4))).Status);
    }

    /// <summary>What cold says, read or committed, installs nobody for queueing.</summary>
    [Fact]
    [Promise(8)]
    public async Task FillAndApply_NeverInstallAnEpochForQueueing()
    {
        _ = Outbox;
        Assert.True(await FillAsync(Meta(5, epoch: 7), Sealed(A, 5, 5)));
        Assert.True(await ApplyAsync(5, Meta(6, epoch: 7), CommitId.New(), (A, [6])));
        Assert.Null(await OutboxStateAsync());
        Assert.NotEqual(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(7, (A, [7]))], epoch: 7))).Status);
        Assert.False((await InstallAsync(6)).Installed);

        Assert.Null((await InstallAsync(7)).Former);
        Assert.True(await FillAsync(Meta(6, epoch: 8), Sealed(B, 5, 5)));
        Assert.True(await ApplyAsync(6, Meta(7, epoch: 9), CommitId.New(), (A, [7])));
        Assert.Equal(7, (await OutboxStateAsync())!.Epoch);
    }

    /// <summary>Hot that a reader has filled needs no adoption: the holder queues where cold is.</summary>
    [Fact]
    public async Task Install_OverWhatAReaderFilled_QueuesThereOnceTheHolderVouches()
    {
        _ = Outbox;
        await FillAsync(Meta(5), Sealed(A, 5, 5), Sealed(B, 4, 4));
        await InstallAsync(1);
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(6, (A, [6])))).Status);
        Assert.Equal(5, await AdoptAsync(Meta(5, 1)));

        await QueuedAsync(Patch(6, (A, [6])));

        var read = await ReadAsync(A, B);
        Assert.Equal([6, 4], read.Records.Select(r => r!.Value.Version));
        Assert.Equal((6, false), (read.Outbox!.Version, read.Outbox.IsEmpty));
        await HasEntriesAsync(6);
    }

    /// <summary>Where nothing is, an adoption begins with what the holder knows, and needs no installation before it.</summary>
    [Fact]
    public async Task Adopt_Nothing_BeginsThere()
    {
        var key = new WrappedDataKey(new DataKeyId(7), Sample.Noise(80));

        Assert.Equal(5, await AdoptAsync(Meta(5, epoch: 3), keys: [key]));

        var read = await Tier.ReadAsync(Session, [A], withDataKeys: true, Cancel);
        Assert.Equal(Meta(5, epoch: 3, runId: read.RunId), read.Meta);
        Assert.Null(read.Records[0]);
        Assert.Equal(key.Id, Assert.Single(read.DataKeys).Id);
        Assert.Equal((1, 3, 5, 5, read.RunId), (read.Outbox!.Incarnation, read.Outbox.Epoch, read.Outbox.Version, read.Outbox.DrainedVersion, read.Outbox.RunId));
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6]))], epoch: 3))).Status);
    }

    /// <summary>Hot that is behind what cold has is emptied, its outbox too.</summary>
    [Fact]
    [Promise(4)]
    public async Task Adopt_HotIsBehind_IsEmptied()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (B, [7])));

        Assert.Equal(9, await AdoptAsync(Meta(9)));

        var read = await ReadAsync(A, B);
        Assert.Equal([null, null], read.Records);
        Assert.Equal((9, 9, 9), (read.Meta!.Version, read.Outbox!.Version, read.Outbox.DrainedVersion));
        Assert.Empty(await EntriesAsync());
        await QueuedAsync(Patch(10, (A, [10])));
    }

    /// <summary>Hot that is there or beyond keeps what it has, but for the entries that cold has.</summary>
    /// <param name="version">The version that cold has; hot is at 7.</param>
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [Promise(2, 4)]
    public async Task Adopt_HotIsThereOrBeyond_KeepsWhatItHas(long version)
    {
        await ReadyAsync(version: 5, epoch: 3);
        await QueueAsync(Queued([Patch(6, (A, [6])), Patch(7, (B, [7]))], epoch: 3));

        Assert.Equal(7, await AdoptAsync(Meta(version, epoch: 4)));

        var read = await ReadAsync(A, B);
        Assert.Equal((7, 4), (read.Meta!.Version, read.Meta.Epoch));
        Assert.Equal([6, 7], read.Records.Select(r => r!.Value.Version));
        Assert.Equal((4, 7, version), (read.Outbox!.Epoch, read.Outbox.Version, read.Outbox.DrainedVersion));
        await HasEntriesAsync([.. new long[] { 6, 7 }.Where(v => v > version)]);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 3))).Status);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 4))).Status);
    }

    /// <summary>Hot of a later life, or of a higher epoch, takes no adoption.</summary>
    /// <param name="incarnation">The life that is adopted; hot holds the second.</param>
    /// <param name="epoch">The epoch; hot has 4.</param>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(1, 5)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [Promise(5, 8)]
    public async Task Adopt_FormerLifeOrEpoch_ChangesNothing(long incarnation, long epoch)
    {
        await ReadyAsync(version: 5, epoch: 4, incarnation: 2);
        await QueueAsync(Queued([Patch(6, (A, [6]))], epoch: 4, incarnation: 2));
        var before = await StateAsync();

        Assert.Null(await AdoptAsync(Meta(9, epoch, incarnation: incarnation)));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>An adoption whose time is over when it comes changes nothing.</summary>
    [Fact]
    [Promise(8)]
    public async Task Adopt_TooLate_ChangesNothing()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])));
        var before = await StateAsync();

        Assert.Null(await AdoptAsync(Meta(9, epoch: 2), TimeSpan.Zero));
        Assert.Null(await AdoptAsync(Meta(9, epoch: 2), TimeSpan.FromSeconds(-1)));
        Assert.Equal(before, await StateAsync());
        Assert.Equal(9, await AdoptAsync(Meta(9, epoch: 2)));
    }

    /// <summary>A holder that extends its lease here lives until it runs out or is given back, whatever epochs are installed meanwhile: it answers from its memory.</summary>
    [Fact]
    [Promise(8)]
    public async Task Renew_Lease_LivesUntilItRunsOut()
    {
        var lease = new LeaseRef(Session, 1);
        await ReadyAsync(version: 5);
        Assert.False((await OutboxStateAsync())!.HolderLives);

        Assert.Equal([true], await Outbox.RenewAsync([lease], TimeSpan.FromMinutes(10), Cancel));
        Assert.True((await OutboxStateAsync())!.HolderLives);
        Assert.True((await InstallAsync(1)).Former!.HolderLives);
        Assert.True((await InstallAsync(2)).Former!.HolderLives);
        Assert.True((await InstallAsync(2)).Former!.HolderLives);
        Assert.True((await OutboxStateAsync())!.HolderLives);

        // One that extends it for less takes nothing from the one before.
        Assert.Equal([true], await Outbox.RenewAsync([new LeaseRef(Session, 2)], TimeSpan.FromMilliseconds(1), Cancel));
        Assert.True((await OutboxStateAsync())!.HolderLives);
        Assert.Equal([true], await Outbox.RenewAsync([new LeaseRef(Session, 2)], TimeSpan.FromMinutes(10), Cancel));
        await Outbox.ReleaseAsync(new LeaseRef(Session, 2), Cancel);
        Assert.False((await OutboxStateAsync())!.HolderLives);

        await InstallAsync(3);
        Assert.Equal([true], await Outbox.RenewAsync([new LeaseRef(Session, 3)], Fixture.LeaseDuration, Cancel));
        Assert.SkipUnless(await Fixture.PassTimeAsync(Fixture.LeaseDuration), "The tier's clock can't be moved.");
        Assert.False((await OutboxStateAsync())!.HolderLives);
        Assert.Equal([true], await Outbox.RenewAsync([new LeaseRef(Session, 3)], TimeSpan.FromMinutes(10), Cancel));
        Assert.True((await OutboxStateAsync())!.HolderLives);
    }

    /// <summary>Each lease is told of by itself: extended, fenced, unknown.</summary>
    [Fact]
    [Promise(8)]
    public async Task Renew_ManyAtOnce_TellsOfEach()
    {
        AuthSessionId[] sessions = [.. Enumerable.Range(0, 4).Select(i => new AuthSessionId("clinic", $"{i}"))];
        await InstallAsync(5, session: sessions[0]);
        await InstallAsync(6, session: sessions[1]);
        await InstallAsync(4, session: sessions[2]);

        var renewed = await Outbox.RenewAsync([.. sessions.Select(s => new LeaseRef(s, 5))], TimeSpan.FromMinutes(10), Cancel);

        Assert.Equal((true, false, null), (renewed[0], renewed[1], renewed[3]));
        Assert.NotEqual(true, renewed[2]);
        Assert.Empty(await Outbox.RenewAsync([], TimeSpan.FromMinutes(10), Cancel));
        var lives = new List<bool?>();
        foreach (var session in sessions)
            lives.Add((await Tier.ReadAsync(session, [], false, Cancel)).Outbox?.HolderLives);
        Assert.Equal([true, false, false, null], lives);
    }

    /// <summary>A session that was given back may expire; one that may be queued to, or waits for cold, never does.</summary>
    [Fact]
    [Promise(7)]
    public async Task Expiry_IsOnlyOfWhatWasGivenBackAndDrained()
    {
        AuthSessionId[] sessions = [.. Enumerable.Range(0, 5).Select(i => new AuthSessionId("clinic", $"{i}"))];
        foreach (var session in sessions)
            await ReadyAsync(version: 5, session: session);
        for (var i = 1; i < sessions.Length; i++)
            Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6]))], session: sessions[i]))).Status);
        foreach (var i in new[] { 2, 3, 4 })
            await Outbox.AcknowledgeAsync(new LeaseRef(sessions[i], 1), 1, 6, Cancel);
        foreach (var i in new[] { 3, 4 })
            await Outbox.ReleaseAsync(new LeaseRef(sessions[i], 1), Cancel);
        await InstallAsync(2, session: sessions[4]);

        Assert.SkipUnless(await Fixture.ExpireIdleAsync(), "The tier can't be made to expire what is idle.");

        var there = new List<(bool Meta, bool Outbox, int Entries)>();
        foreach (var session in sessions)
        {
            var read = await Tier.ReadAsync(session, [A], false, Cancel);
            there.Add((read.Meta is not null, read.Outbox is not null, (await Outbox.ReadAsync(session, 0, 10, Cancel)).Count));
        }

        Assert.Equal([(true, true, 0), (true, true, 1), (true, true, 0), (false, false, 0), (true, true, 0)], there);
    }

    /// <summary>After a restart, everything is there and is doubted: the former run is told to who takes over, and only an adoption begins the new one.</summary>
    [Fact]
    [Promise(2)]
    public async Task Restarted_OutboxIsThereAndDoubtedUntilItIsAdopted()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (B, [7])));
        var (run, entries) = ((await ReadAsync()).RunId, (await EntriesAsync()).Select(Text));
        Assert.SkipUnless(await Fixture.RestartAsync(), "The tier can't be restarted.");

        var read = await ReadAsync(A);
        Assert.NotEqual(run, read.RunId);
        Assert.Equal((run, run), (read.Meta!.RunId, read.Outbox!.RunId));
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(8, (A, [8])))).Status);
        var installation = await InstallAsync(2);
        Assert.Equal((read.RunId, run), (installation.RunId, installation.Former!.RunId));
        Assert.Equal(run, (await InstallAsync(2)).Former!.RunId);
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 2))).Status);

        Assert.Equal(7, await AdoptAsync(Meta(5, epoch: 2)));

        Assert.Equal(entries, (await EntriesAsync()).Select(Text));
        read = await ReadAsync(A, B);
        Assert.Equal((read.RunId, read.RunId), (read.Meta!.RunId, read.Outbox!.RunId));
        Assert.Equal([6, 7], read.Records.Select(r => r!.Value.Version));
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 2))).Status);
    }

    /// <summary>What a reader verified in a new run makes no outbox of the former run trusted.</summary>
    [Fact]
    [Promise(2)]
    public async Task Restarted_FilledAndApplied_OutboxIsStillDoubted()
    {
        await ReadyAsync(version: 5);
        var run = (await ReadAsync()).RunId;
        Assert.SkipUnless(await Fixture.RestartAsync(), "The tier can't be restarted.");

        Assert.True(await FillAsync(Meta(5), Sealed(A, 5, 5)));
        Assert.True(await ApplyAsync(5, Meta(6), CommitId.New(), (A, [6])));

        Assert.Equal(run, (await OutboxStateAsync())!.RunId);
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(7, (A, [7])))).Status);
    }

    /// <summary>Hot that was vouched for has lost nothing when a life ends; the next one need not fear for what it queued.</summary>
    [Fact]
    [Promise(2)]
    public async Task Discard_Life_LeavesHotVouchedFor()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])));
        var run = (await ReadAsync()).RunId;

        await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);

        Assert.Equal(run, (await OutboxStateAsync())!.RunId);
    }

    /// <summary>Hot that came back with an older life may have lost what the next one queued: that the older one is over vouches for nothing.</summary>
    [Fact]
    [Promise(2)]
    public async Task Discard_LifeThatARestartPutInDoubt_LeavesTheDoubt()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])));
        var run = (await ReadAsync()).RunId;
        Assert.SkipUnless(await Fixture.RestartAsync(), "The tier can't be restarted.");

        await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);

        Assert.Equal(run, (await OutboxStateAsync())!.RunId);
    }

    /// <summary>Hot had what its holder knows when it was asked, and lost it before it was told that this is everything: it is not.</summary>
    [Fact]
    [Promise(2)]
    public async Task Flushed_BeforeItWasToldThatItHasEverything_IsDoubted()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])));
        Assert.Equal(6, await AdoptAsync(Meta(5), isWhole: false));
        Assert.SkipUnless(await Fixture.FlushAsync(), "The tier can't be made to lose everything.");

        Assert.Equal(5, await AdoptAsync(Meta(5), wholeAt: 6));

        var read = await ReadAsync(A);
        Assert.NotEqual(Tier.RunId, read.Outbox!.RunId);
        Assert.True(read.Meta!.GoodUntil < Meta(5).GoodUntil);
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(6, (A, [6])))).Status);
        Assert.Equal(HotQueueStatus.Queued, (await GiveAgainAsync(Patch(6, (A, [6])))).Status);
        Assert.Equal(6, await AdoptAsync(Meta(5), wholeAt: 6));
        Assert.Equal(Tier.RunId, (await ReadAsync()).Outbox!.RunId);
        await QueuedAsync(Patch(7, (A, [7])));
    }

    /// <summary>A holder who is alive brings everything back that hot lost.</summary>
    [Fact]
    [Promise(2)]
    public async Task Flushed_ThenAdopted_TakesItAllAgain()
    {
        await ReadyAsync(version: 5);
        SealedPatch[] patches = [Patch(6, (A, [6])), Patch(7, (B, [7]))];
        await QueuedAsync(patches);
        Assert.SkipUnless(await Fixture.FlushAsync(), "The tier can't be made to lose everything.");

        Assert.Null(await OutboxStateAsync());
        Assert.Equal(HotQueueStatus.NoMeta, (await QueueAsync(Patch(8, (A, [8])))).Status);
        Assert.Equal(5, await AdoptAsync(Meta(5)));
        await QueuedAsync([.. patches, Patch(8, (A, [8]))]);

        await HasEntriesAsync(6, 7, 8);
        Assert.Equal([8, 7], (await ReadAsync(A, B)).Records.Select(r => r!.Value.Version));
    }
}
