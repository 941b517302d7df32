using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What an outbox holds until cold has it: nothing gets lost, nothing comes twice, nothing outlives its session's life.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotOutboxContract<TFixture> : HotContract<TFixture>
    where TFixture : HotTierFixture, new()
{
    /// <summary>Entries come back in order and as they were, but for the conditions, which were checked before.</summary>
    [Fact]
    [Promise(2)]
    public async Task Read_Entries_ComeInOrderAsTheyWere()
    {
        await ReadyAsync(version: 5, epoch: 3, incarnation: 2);
        SealedPatch[] patches =
        [
            new()
            {
                CommitId = CommitId.New(), Predecessor = 5, Version = 6, ExpectedSessionVersion = 5, Expectations = [new AuthExpectation(A, 4)],
                Changes = [new SealedChange(A, Sample.Noise(3000)), new SealedChange(B, null), new SealedChange(C, Array.Empty<byte>())],
            },
            new()
            {
                CommitId = CommitId.New(), Predecessor = 6, Version = 9, Absorbed = [new CommitMark(CommitId.New(), 7), new CommitMark(CommitId.New(), 8)],
                Changes = [new SealedChange(B, Sample.Noise(1, 2)) { Version = 7 }, new SealedChange(C, Sample.Noise(1, 3)) { Version = 9 }, new SealedChange(A, null)],
            },
            new() { CommitId = CommitId.New(), Predecessor = 9, Version = 10, Changes = [] },
        ];
        foreach (var patch in patches)
            Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([patch], epoch: 3, incarnation: 2))).Status);

        var entries = await EntriesAsync();
        Assert.Equal(patches.Select(p => Text(new OutboxEntry(2, 3, p))), entries.Select(Text));
        Assert.Equal([0, 7, 9], (await ReadAsync(A, B, C)).Records.Select(r => r!.Value.Version));
        Assert.All(entries, e => Assert.True(e.Patch.Expectations.Count == 0 && e.Patch.ExpectedSessionVersion is null));

        var other = OutboxOf(await Fixture.OpenAsync());
        Assert.Equal(entries.Select(Text), (await other.ReadAsync(Session, 0, 100, Cancel)).Select(Text));
    }

    /// <summary>Only as many as were asked for, the oldest, and only those above the version.</summary>
    [Fact]
    public async Task Read_WithALimit_GivesTheOldestAbove()
    {
        Assert.Empty(await EntriesAsync());
        await ReadyAsync(version: 0);
        for (var version = 1; version <= 20; version++)
            await QueuedAsync(Patch(version, (A, [1])));

        Assert.Equal([1, 2, 3], (await EntriesAsync(limit: 3)).Select(e => e.Patch.Version));
        Assert.Equal([8, 9], (await EntriesAsync(above: 7, limit: 2)).Select(e => e.Patch.Version));
        Assert.Equal([20], (await EntriesAsync(above: 19)).Select(e => e.Patch.Version));
        Assert.Empty(await EntriesAsync(above: 20));
    }

    /// <summary>What cold has goes, and no more; the records stay.</summary>
    [Fact]
    [Promise(2)]
    public async Task Acknowledge_ThroughAVersion_TakesNoMore()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (A, [7])), Patch(8, (B, [8])));

        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 7, Cancel);

        var state = (await OutboxStateAsync())!;
        Assert.Equal((8, 7, false), (state.Version, state.DrainedVersion, state.IsEmpty));
        await HasEntriesAsync(8);

        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 8, Cancel);

        Assert.True((await OutboxStateAsync())!.IsEmpty);
        Assert.Empty(await EntriesAsync());
        var read = await ReadAsync(A, B);
        Assert.Equal((8, 7, 8), (read.Meta!.Version, read.Records[0]!.Value.Version, read.Records[1]!.Value.Version));
        await QueuedAsync(Patch(9, (A, [9])));
        await HasEntriesAsync(9);
    }

    /// <summary>A commit that tells by the way what cold has needs no acknowledgement for it, and takes no more than that.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_TellingWhatColdHas_LeavesTheRest()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (A, [7])), Patch(8, (B, [8])));

        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(9, (A, [9]))], drained: 7))).Status);

        var state = (await OutboxStateAsync())!;
        Assert.Equal((9, 7, false), (state.Version, state.DrainedVersion, state.IsEmpty));
        Assert.Equal([8, 9], (await EntriesAsync(above: state.DrainedVersion)).Select(e => e.Patch.Version));
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 8, Cancel);
        await HasEntriesAsync(9);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 9, Cancel);
        Assert.Empty(await EntriesAsync());
        Assert.Equal([9, 8], (await ReadAsync(A, B)).Records.Select(r => r!.Value.Version));
    }

    /// <summary>However many commits come while cold keeps up: what it has does not pile up.</summary>
    [Fact]
    public async Task Queue_TellingWhatColdHasEachTime_KeepsTheOutboxShort()
    {
        await ReadyAsync(version: 5);
        for (var version = 6; version < 206; version++)
            Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(version, (A, [1]))], drained: version - 1))).Status);

        Assert.InRange((await EntriesAsync()).Count, 1, 32);
        Assert.Equal([205], (await EntriesAsync(above: 204)).Select(e => e.Patch.Version));
    }

    /// <summary>A commit that is refused changes nothing, whatever it tells; nor does what was told before.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_RefusedOrTellingLess_TakesNothing()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (A, [7])));
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 6, Cancel);
        var before = await StateAsync();

        Assert.Equal(HotQueueStatus.OutOfOrder, (await QueueAsync(Queued([Patch(9, (A, [9]))], drained: 7))).Status);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 0, drained: 7))).Status);
        Assert.Equal(before, await StateAsync());

        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(8, (A, [8]))], drained: 3))).Status);
        Assert.Equal(6, (await OutboxStateAsync())!.DrainedVersion);
        await HasEntriesAsync(7, 8);
    }

    /// <summary>An acknowledgement that comes late, or is of another life, changes nothing.</summary>
    [Fact]
    [Promise(2, 5)]
    public async Task Acknowledge_LateOrOfAnotherLife_ChangesNothing()
    {
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 7, Cancel);
        Assert.Null(await OutboxStateAsync());
        await ReadyAsync(version: 5, incarnation: 2);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6])), Patch(7, (A, [7]))], incarnation: 2))).Status);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 2, 6, Cancel);
        var before = await StateAsync();

        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 2, 6, Cancel);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 2, 3, Cancel);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 7, Cancel);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 3, 7, Cancel);

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Whoever has another lease than hot was told of has drained something else: cold may have gone back, and have another commit at that version.</summary>
    [Fact]
    [Promise(2)]
    public async Task Acknowledge_UnderAnotherLease_ChangesNothing()
    {
        await ReadyAsync(version: 5, epoch: 3);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6])), Patch(7, (A, [7]))], epoch: 3))).Status);
        var before = await StateAsync();

        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 2), 1, 6, Cancel);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 4), 1, 7, Cancel);

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A commit that cold took together with those before it trims the outbox, and the records of the others stay.</summary>
    [Fact]
    [Promise(2, 4)]
    public async Task Apply_AfterWhatWasQueued_TrimsTheOutbox()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (B, [7])));

        Assert.True(await ApplyAsync(7, Meta(8), CommitId.New(), (A, [8])));

        var read = await ReadAsync(A, B);
        Assert.Equal((8, 8, true), (read.Outbox!.Version, read.Outbox.DrainedVersion, read.Outbox.IsEmpty));
        Assert.Equal((8, 8, 7), (read.Meta!.Version, read.Records[0]!.Value.Version, read.Records[1]!.Value.Version));
        Assert.Empty(await EntriesAsync());
        await QueuedAsync(Patch(9, (A, [9])));
    }

    /// <summary>A commit of cold that hot is beyond takes away its entries only.</summary>
    [Fact]
    [Promise(2, 4)]
    public async Task Apply_BehindWhatWasQueued_TrimsAndChangesNoRecord()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6])), Patch(7, (A, [7])), Patch(8, (B, null)));

        Assert.True(await ApplyAsync(5, Meta(6), CommitId.New(), (A, [6]), (B, [6])));

        var read = await ReadAsync(A, B);
        Assert.Equal((8, 6), (read.Outbox!.Version, read.Outbox.DrainedVersion));
        Assert.Equal((8, 7, 0), (read.Meta!.Version, read.Records[0]!.Value.Version, read.Records[1]!.Value.Version));
        await HasEntriesAsync(7, 8);
    }

    /// <summary>A commit of before the lease under which something is queued says nothing of that: it may be another one, in a cold tier that went back to before the lease.</summary>
    [Fact]
    [Promise(2)]
    public async Task Apply_UnderAnEarlierEpoch_TakesNothingFromTheOutbox()
    {
        await ReadyAsync(version: 5, epoch: 3);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6])), Patch(7, (B, [7]))], epoch: 3))).Status);

        Assert.True(await ApplyAsync(5, Meta(6, epoch: 2), CommitId.New(), (A, [16])));

        var read = await ReadAsync(A, B);
        Assert.Equal((7, 5), (read.Outbox!.Version, read.Outbox.DrainedVersion));
        Assert.Equal((7, 6, 7), (read.Meta!.Version, read.Records[0]!.Value.Version, read.Records[1]!.Value.Version));
        Assert.Equal([6, 7], (await EntriesAsync()).Select(e => e.Patch.Version));
    }

    /// <summary>The records may go at any time; what waits for cold stays, and so does what is known of it.</summary>
    /// <param name="byItself">Whether the tier ran out of memory, and was not asked to.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(2, 7)]
    public async Task Evict_Session_KeepsTheOutbox(bool byItself)
    {
        await WithQueuedAsync();
        Assert.True(await Outbox.ParkAsync(new LeaseRef(Session, 1), Parked, Cancel));
        var state = await OutboxStateAsync();
        var entries = (await EntriesAsync()).Select(Text);

        await DropAsync(byItself);

        var read = await ReadAsync(A, B);
        Assert.Null(read.Meta);
        Assert.Equal([null, null], read.Records);
        Assert.Equal(state, read.Outbox);
        Assert.Equal(entries, (await EntriesAsync()).Select(Text));
    }

    /// <summary>Where only the outbox is left, cold's older state is not taken for the newest.</summary>
    /// <param name="byItself">Whether the tier ran out of memory, and was not asked to.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(4)]
    public async Task Evicted_ThenFilledOrAppliedFromBefore_TakesNothingOlderThanTheOutbox(bool byItself)
    {
        await WithQueuedAsync();
        await DropAsync(byItself);

        Assert.False(await FillAsync(Meta(5), Sealed(A, 5, 5)));
        Assert.False(await FillAsync(Meta(6), Sealed(A, 6, 6)));
        await ApplyAsync(5, Meta(6), CommitId.New(), (A, [6]));

        var read = await ReadAsync(A, B);
        Assert.Null(read.Meta);
        Assert.Equal([null, null], read.Records);
        await HasEntriesAsync(7);

        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 7, Cancel);
        Assert.True(await FillAsync(Meta(7), Sealed(A, 6, 6)));
    }

    /// <summary>After the records were lost, the holder brings the session back: the outbox is whole, and what it holds is read, not what cold has before it.</summary>
    /// <param name="byItself">Whether the tier ran out of memory, and was not asked to.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(2, 4)]
    public async Task Evicted_ThenAdopted_HasTheOutboxAndItsRecords(bool byItself)
    {
        await WithQueuedAsync();
        var entries = (await EntriesAsync()).Select(Text);
        await DropAsync(byItself);

        Assert.Equal(7, await AdoptAsync(Meta(5)));

        Assert.Equal(entries, (await EntriesAsync()).Select(Text));
        var read = await ReadAsync(A, B, C);
        Assert.Equal((7, read.RunId), (read.Meta!.Version, read.Meta.RunId));
        Assert.Equal([6, 0, null], read.Records.Select(r => r?.Version));
        Assert.Equal([6], read.Records[0]!.Value.Envelope.ToArray());
        await QueuedAsync(Patch(8, (C, [8])));
        await HasEntriesAsync(6, 7, 8);
    }

    /// <summary>A parked entry is known to all until it is not parked any more; who has no lease parks nothing.</summary>
    [Fact]
    [Promise(8)]
    public async Task Park_Entry_IsKnownUntilItIsNot()
    {
        Assert.False(await Outbox.ParkAsync(new LeaseRef(Session, 1), Parked, Cancel));
        Assert.Null(await OutboxStateAsync());
        await WithQueuedAsync();

        Assert.True(await Outbox.ParkAsync(new LeaseRef(Session, 1), Parked, Cancel));
        Assert.Equal(Parked, (await OutboxStateAsync())!.Parked);

        Assert.False(await Outbox.ParkAsync(new LeaseRef(Session, 2), null, Cancel));
        Assert.Equal(Parked, (await InstallAsync(2)).Former!.Parked);
        Assert.False(await Outbox.ParkAsync(new LeaseRef(Session, 1), null, Cancel));
        Assert.Equal(Parked, (await OutboxStateAsync())!.Parked);

        Assert.True(await Outbox.ParkAsync(new LeaseRef(Session, 2), Parked with { Tries = 4 }, Cancel));
        Assert.Equal(4, (await OutboxStateAsync())!.Parked!.Tries);
        Assert.True(await Outbox.ParkAsync(new LeaseRef(Session, 2), null, Cancel));
        Assert.Null((await OutboxStateAsync())!.Parked);
        await HasEntriesAsync(6, 7);
    }

    /// <summary>A deletion takes the records and the outbox, and nothing of that life comes after it.</summary>
    [Fact]
    [Promise(5)]
    public async Task Discard_Life_NothingOfItComesBack()
    {
        await WithQueuedAsync();
        var miss = await ReadAsync();
        var repeat = Assert.Single((await EntriesAsync(above: 6))).Patch;

        await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);

        await IsEmptyAsync();
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(Patch(8, (A, [8])))).Status);
        Assert.Equal(HotQueueStatus.Fenced, (await QueueAsync(repeat)).Status);
        Assert.NotEqual(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(8, (A, [8]))], epoch: 2))).Status);
        Assert.NotEqual(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(1, (A, [8]))], epoch: 2))).Status);
        Assert.Null(await AdoptAsync(Meta(7)));
        Assert.Null(await AdoptAsync(Meta(7, epoch: 2)));
        Assert.False((await InstallAsync(1)).Installed);
        Assert.False(await FillAsync(miss.Generation, Meta(7, runId: miss.RunId), Sealed(A, 6, 6)));
        await ApplyAsync(6, Meta(7), CommitId.New(), (A, [7]));
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 7, Cancel);
        await IsEmptyAsync();

        async Task IsEmptyAsync()
        {
            var read = await ReadAsync(A, B);
            Assert.Null(read.Meta);
            Assert.Equal([null, null], read.Records);
            Assert.True(read.Outbox is null or { IsEmpty: true, Parked: null, HolderLives: false });
            Assert.Empty(await EntriesAsync());
        }
    }

    /// <summary>After a deletion, the next life begins as the first did.</summary>
    [Fact]
    [Promise(5)]
    public async Task Discard_ThenTheNextLife_Begins()
    {
        await WithQueuedAsync();
        await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);

        await ReadyAsync(version: 1, epoch: 3, incarnation: 2);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(2, (A, [2]))], epoch: 3, incarnation: 2))).Status);

        var read = await ReadAsync(A, B);
        Assert.Equal((2, 2), (read.Meta!.Incarnation, read.Meta.Version));
        Assert.Null(read.Records[1]);
        Assert.Equal((2, 3, 2, 1), (read.Outbox!.Incarnation, read.Outbox.Epoch, read.Outbox.Version, read.Outbox.DrainedVersion));
        Assert.Equal(2, Assert.Single(await EntriesAsync()).Incarnation);
    }

    /// <summary>A deletion that comes late takes nothing of the next life.</summary>
    [Fact]
    [Promise(5)]
    public async Task Discard_Late_LeavesTheNextLife()
    {
        await ReadyAsync(version: 1, epoch: 3, incarnation: 2);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(2, (A, [2])), Patch(3, (B, [3]))], epoch: 3, incarnation: 2))).Status);
        var (records, state) = ((await ReadAsync(A, B)).Records, await OutboxStateAsync());

        await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);

        var read = await ReadAsync(A, B);
        Assert.Equal(records.Select(r => r!.Value.Version), read.Records.Select(r => r!.Value.Version));
        Assert.Equal(state, read.Outbox);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(4, (A, [4]))], epoch: 3, incarnation: 2))).Status);
        await HasEntriesAsync(2, 3, 4);
    }

    /// <summary>A deletion of one session leaves the others alone.</summary>
    [Fact]
    [Promise(13)]
    public async Task Discard_OneSession_LeavesOthersAlone()
    {
        var other = new AuthSessionId("clinic", "reception2");
        await WithQueuedAsync();
        await ReadyAsync(version: 5, session: other);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(6, (A, [6]))], session: other))).Status);
        var before = await StateAsync(other);

        await Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);
        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 100, Cancel);

        Assert.Equal(before, await StateAsync(other));
    }

    /// <summary>Whoever brings the next life ends the outbox of the one before.</summary>
    /// <param name="how">What brings it.</param>
    [Theory]
    [InlineData("fill")]
    [InlineData("apply")]
    [InlineData("adopt")]
    [Promise(5)]
    public async Task NextLife_EndsTheFormerOutbox(string how)
    {
        await WithQueuedAsync();
        var repeat = (await EntriesAsync())[0].Patch;

        if (how == "adopt")
            Assert.Equal(3, await AdoptAsync(Meta(3, incarnation: 2)));
        else
            Assert.True(how == "fill" ? await FillAsync(Meta(3, incarnation: 2), Sealed(B, 3, 3)) : await ApplyAsync(2, Meta(3, incarnation: 2), CommitId.New(), (B, [3])));

        Assert.Empty(await EntriesAsync());
        var read = await ReadAsync(A, B);
        Assert.True(read.Outbox!.IsEmpty);
        Assert.Null(read.Records[0]);
        Assert.Equal(HotQueueStatus.IncarnationEnded, (await QueueAsync(Patch(8, (A, [8])))).Status);
        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([Patch(repeat.CommitId, 3, 4, (A, [4]))], incarnation: 2))).Status);
    }

    private static ParkedEntry Parked { get; } = new(6, "A value is too large for the database.", 3, Later);

    /// <summary>Cold at 5, 6 and 7 queued: A set, B deleted.</summary>
    private async Task WithQueuedAsync()
    {
        await ReadyAsync(version: 5);
        await QueuedAsync(Patch(6, (A, [6]), (B, [6])), Patch(7, (B, null)));
    }

    private async Task DropAsync(bool byItself)
    {
        if (byItself)
            Assert.SkipUnless(await Fixture.DropRecordsAsync(Session), "The tier can't be made to drop the records of a session.");
        else
            await Tier.EvictAsync(Session, Cancel);
    }
}
