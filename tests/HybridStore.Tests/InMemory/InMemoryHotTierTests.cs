using System.Collections;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.InMemory;

public class InMemoryHotTierTests
{
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private static readonly DateTimeOffset Later = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly InMemoryHotTier _tier = new(1024 * 1024);

    [Fact]
    public async Task It_takes_no_queued_commits()
    {
        Assert.Null(_tier.Outbox);
        await _tier.DisposeAsync();
    }

    [Fact]
    public async Task Fill_AfterAMiss_Answers()
    {
        var miss = await ReadAsync(A);
        Assert.Null(miss.Meta);
        Assert.Null(miss.Records[0]);

        Assert.True(await FillAsync(miss.Generation, version: 3, Record(A, 2, 1), SealedRecord.Absent(B)));

        var hit = await ReadAsync(A, B);
        Assert.Equal(3, hit.Meta!.Version);
        Assert.Equal(2, hit.Records[0]!.Value.Version);
        Assert.False(hit.Records[1]!.Value.Exists);
    }

    [Fact]
    public async Task Fill_AfterAnEviction_IsDropped()
    {
        var miss = await ReadAsync(A);
        await _tier.EvictAsync(Session, Cancel);

        Assert.False(await FillAsync(miss.Generation, version: 3, Record(A, 2, 1)));
        Assert.Null((await ReadAsync(A)).Meta);
    }

    [Fact]
    public async Task Fill_OlderThanACommitThatCameMeanwhile_IsDropped()
    {
        var miss = await ReadAsync(A);
        Assert.True(await ApplyAsync(previous: 3, version: 4, (A, new byte[] { 4 })));

        Assert.False(await FillAsync(miss.Generation, version: 3, Record(A, 2, 1)));
        Assert.Equal([4], (await ReadAsync(A)).Records[0]!.Value.Envelope.ToArray());
    }

    [Fact]
    public async Task Fill_OfAnotherVersion_EmptiesWhatWasOlder()
    {
        await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1));

        await FillAsync((await ReadAsync(B)).Generation, version: 5, Record(B, 5, 9));

        var read = await ReadAsync(A, B);
        Assert.Equal(5, read.Meta!.Version);
        Assert.Null(read.Records[0]);
        Assert.NotNull(read.Records[1]);
    }

    [Fact]
    public async Task Fill_OfTheSameVersion_AddsAndKeepsTheLaterGoodUntil()
    {
        await FillAsync((await ReadAsync(A)).Generation, 3, Later.AddSeconds(5), Record(A, 2, 1));
        await FillAsync((await ReadAsync(B)).Generation, 3, Later.AddSeconds(1), Record(B, 3, 1));

        var read = await ReadAsync(A, B);
        Assert.Equal(Later.AddSeconds(5), read.Meta!.GoodUntil);
        Assert.NotNull(read.Records[0]);
        Assert.NotNull(read.Records[1]);
    }

    [Fact]
    public async Task Apply_RightAfterWhatIsHeld_KeepsTheOtherRecords()
    {
        await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1), Record(B, 3, 1));

        Assert.True(await ApplyAsync(previous: 3, version: 4, (A, null)));

        var read = await ReadAsync(A, B);
        Assert.Equal(4, read.Meta!.Version);
        Assert.False(read.Records[0]!.Value.Exists);
        Assert.Equal(3, read.Records[1]!.Value.Version);
    }

    [Fact]
    public async Task Apply_AfterAGap_ForgetsTheOtherRecords()
    {
        await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1), Record(B, 3, 1));

        await ApplyAsync(previous: 4, version: 5, (A, new byte[] { 5 }));

        var read = await ReadAsync(A, B);
        Assert.Equal(5, read.Meta!.Version);
        Assert.NotNull(read.Records[0]);
        Assert.Null(read.Records[1]);
    }

    [Fact]
    public async Task Apply_OfAnOlderCommit_ChangesNothing()
    {
        await ApplyAsync(previous: 4, version: 5, (A, new byte[] { 5 }));

        Assert.True(await ApplyAsync(previous: 3, version: 4, (A, new byte[] { 4 })));

        Assert.Equal([5], (await ReadAsync(A)).Records[0]!.Value.Envelope.ToArray());
    }

    [Fact]
    public async Task A_former_life_never_comes_back()
    {
        var miss = await ReadAsync(A);
        await _tier.FillAsync(
            new HotFill { Session = Session, Generation = miss.Generation, Meta = Meta(1, Later) with { Incarnation = 2 }, Records = [] }, Cancel);

        Assert.False(await FillAsync(miss.Generation, version: 9, Record(A, 2, 1)));
        Assert.True(await ApplyAsync(previous: 9, version: 10, (A, new byte[] { 5 })));

        var read = await ReadAsync(A);
        Assert.Equal(2, read.Meta!.Incarnation);
        Assert.Null(read.Records[0]);
    }

    [Fact]
    public async Task A_lower_epoch_is_refused()
    {
        Assert.True((await _tier.InstallEpochAsync(new LeaseRef(Session, 7), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        Assert.False((await _tier.InstallEpochAsync(new LeaseRef(Session, 6), vouchesFor: TimeSpan.Zero, Cancel)).Installed);

        Assert.False(await FillAsync((await ReadAsync(A)).Generation, version: 3, Record(A, 2, 1)));
    }

    [Fact]
    public async Task Data_keys_come_with_the_read_that_wants_them_and_go_with_their_life()
    {
        var key = new WrappedDataKey(new DataKeyId(1), new byte[40]);
        var miss = await ReadAsync(A);
        await _tier.FillAsync(
            new HotFill { Session = Session, Generation = miss.Generation, Meta = Meta(1, Later), Records = [], DataKeys = [key] }, Cancel);

        Assert.Empty((await _tier.ReadAsync(Session, [A], withDataKeys: false, Cancel)).DataKeys);
        Assert.Equal([key], (await _tier.ReadAsync(Session, [A], withDataKeys: true, Cancel)).DataKeys);

        await _tier.FillAsync(
            new HotFill { Session = Session, Generation = miss.Generation, Meta = Meta(1, Later) with { Incarnation = 2 }, Records = [] }, Cancel);
        Assert.Empty((await _tier.ReadAsync(Session, [A], withDataKeys: true, Cancel)).DataKeys);
    }

    [Fact]
    public async Task Over_budget_the_least_recently_used_sessions_go_whole()
    {
        await using var tier = new InMemoryHotTier(100_000);
        for (var i = 0; i < 20; i++)
        {
            var session = new AuthSessionId("clinic", $"s{i}");
            await tier.ApplyAsync(
                new HotApply
                {
                    Session = session,
                    PreviousVersion = 0,
                    Meta = Meta(1, Later),
                    CommitId = CommitId.New(),
                    Changes = [new SealedChange(A, new byte[9_000]), new SealedChange(B, new byte[1_000])],
                },
                Cancel);
            await tier.ReadAsync(new AuthSessionId("clinic", "s0"), [A], false, Cancel);
            Assert.InRange(tier.HeldBytes, 1, 100_000);
        }

        var kept = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var read = await tier.ReadAsync(new AuthSessionId("clinic", $"s{i}"), [A, B], false, Cancel);
            Assert.Equal(read.Records[0] is null, read.Records[1] is null);
            if (read.Meta is not null)
                kept.Add($"s{i}");
        }

        Assert.Contains("s0", kept);
        Assert.Contains("s19", kept);
        Assert.DoesNotContain("s1", kept);
    }

    [Fact]
    public async Task InstallEpoch_RefusedWhileSomebodyMakesRoom_SaysSo()
    {
        var tier = new InMemoryHotTier(100_000);
        using var let = new ManualResetEventSlim();
        using var filling = new ManualResetEventSlim();
        var (slow, large) = (new AuthSessionId("a", "slow"), new AuthSessionId("a", "large"));
        // Whoever makes room evicts the least recently used session first, which is in the middle of a fill: the tier stays over its budget.
        var fill = Task.Run(
            async () => await tier.FillAsync(new HotFill { Session = slow, Generation = 0, Meta = Meta(1, Later), Records = new Slow(filling, let) }, Cancel), Cancel);
        filling.Wait(Cancel);
        await tier.InstallEpochAsync(new LeaseRef(Session, 7), vouchesFor: TimeSpan.Zero, Cancel);
        var changes = new[] { new SealedChange(A, new byte[200_000]) };
        var makeRoom = Task.Run(
            async () => await tier.ApplyAsync(new HotApply { Session = large, PreviousVersion = 0, Meta = Meta(1, Later), Changes = changes, CommitId = CommitId.New() }, Cancel), Cancel);
        while (tier.HeldBytes <= 100_000)
            await Task.Yield();

        bool? installed = null;
        var late = new Thread(() => installed = tier.InstallEpochAsync(new LeaseRef(Session, 6), vouchesFor: TimeSpan.Zero, CancellationToken.None).AsTask().GetAwaiter().GetResult().Installed);
        late.Start();
        while (late.IsAlive && !late.ThreadState.HasFlag(ThreadState.WaitSleepJoin))
            await Task.Yield();
        let.Set();
        late.Join();
        await Task.WhenAll(fill, makeRoom);

        Assert.False(installed);
    }

    [Fact]
    public async Task Bytes_are_given_back_when_records_shrink_and_sessions_go()
    {
        await ApplyAsync(0, 1, (A, new byte[5000]));
        var large = _tier.HeldBytes;
        await ApplyAsync(1, 2, (A, new byte[10]));
        Assert.Equal(large - 4990, _tier.HeldBytes);

        await _tier.EvictAsync(Session, Cancel);
        Assert.Equal(0, _tier.HeldBytes);
    }

    [Fact]
    public async Task Fills_and_evictions_at_once_never_leave_a_fill_that_was_overtaken()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var miss = await ReadAsync(A);
            var evict = Task.Run(async () => await _tier.EvictAsync(Session, Cancel), Cancel);
            var fill = await FillAsync(miss.Generation, version: 3, Record(A, 2, 1));
            await evict;

            // Whatever the order was: the eviction is the last word on everything that was read before it.
            Assert.Null((await ReadAsync(A)).Meta);
            _ = fill;
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static SealedRecord Record(AuthKey key, long version, byte content) => new(key, version, new[] { content });

    private static HotMeta Meta(long version, DateTimeOffset goodUntil) =>
        new() { Incarnation = 1, Version = version, RunId = "run", GoodUntil = goodUntil };

    private ValueTask<HotRead> ReadAsync(params AuthKey[] keys) => _tier.ReadAsync(Session, keys, withDataKeys: false, Cancel);

    private ValueTask<bool> FillAsync(long generation, long version, params SealedRecord[] records) => FillAsync(generation, version, Later, records);

    private ValueTask<bool> FillAsync(long generation, long version, DateTimeOffset goodUntil, params SealedRecord[] records) =>
        _tier.FillAsync(new HotFill { Session = Session, Generation = generation, Meta = Meta(version, goodUntil), Records = records }, Cancel);

    private ValueTask<bool> ApplyAsync(long previous, long version, params (AuthKey Key, byte[]? Envelope)[] changes) =>
        _tier.ApplyAsync(
            new HotApply
            {
                Session = Session,
                PreviousVersion = previous,
                Meta = Meta(version, Later),
                CommitId = CommitId.New(),
                Changes = [.. changes.Select(c => new SealedChange(c.Key, c.Envelope is null ? null : (ReadOnlyMemory<byte>?)c.Envelope))],
            },
            Cancel);

    private sealed class Slow(ManualResetEventSlim begun, ManualResetEventSlim let) : IReadOnlyList<SealedRecord>
    {
        public int Count => 1;

        public SealedRecord this[int index] => Record(A, 1, 1);

        public IEnumerator<SealedRecord> GetEnumerator()
        {
            begun.Set();
            let.Wait();
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
