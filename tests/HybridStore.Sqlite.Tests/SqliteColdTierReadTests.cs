using System.Buffers.Binary;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierReadTests : TierTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Read_NoSession_IsAuthoritativelyAbsent(int keys)
    {
        var read = await ReadAsync([.. Enumerable.Range(0, keys).Select(i => $"{i}")]);

        Assert.Null(read.Head);
        Assert.Equal(0, read.LastEndedIncarnation);
        Assert.Equal(keys, read.Records.Count);
        Assert.All(read.Records, record => Assert.False(record.Exists));
        Assert.Empty(read.DataKeys);
    }

    [Fact]
    public async Task Read_Keys_AreAnsweredInTheOrderAsked()
    {
        await Tier.CommitAsync(Creation(Patch(Set("a", 1), Set("b", 2), Set("c", 3))), Cancel);

        var read = await ReadAsync("c", "x", "a", "c");

        Assert.Equal(["c", "x", "a", "c"], read.Records.Select(r => r.Key.Id));
        Assert.Equal([3, 0, 1, 3], read.Records.Select(r => r.Exists ? r.Envelope.Span[0] : 0));
    }

    [Fact]
    public async Task Read_DataKeys_OnlyIfAskedFor()
    {
        await CreateAsync();
        Assert.Empty((await Tier.ReadAsync(Session, [Record("a")], withDataKeys: false, Cancel)).DataKeys);
        Assert.Single((await Tier.ReadAsync(Session, [Record("a")], withDataKeys: true, Cancel)).DataKeys);
    }

    [Fact]
    public async Task Read_OneKey_CompletesOnTheSpot()
    {
        await CreateAsync();
        Assert.True(Tier.ReadAsync(Session, [Record("a")], withDataKeys: false, Cancel).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Read_WhileCommitsGoOn_IsNeverTorn()
    {
        const int Keys = 20;
        await Tier.CommitAsync(Creation(Patch(Versioned(1))), Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        AuthKey[] keys = [.. Enumerable.Range(0, Keys).Select(i => Record($"{i}"))];
        long reads = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                long last = 0;
                while (!stop.IsCancellationRequested)
                {
                    var read = await Tier.ReadAsync(Session, keys, withDataKeys: true, Cancel);
                    Assert.All(read.Records, record => Assert.Equal(read.Head!.Version, BinaryPrimitives.ReadInt64LittleEndian(record.Envelope.Span)));
                    Assert.True(read.Head!.Version >= last);
                    last = read.Head.Version;
                    Interlocked.Increment(ref reads);
                }
            },
            Cancel)).ToArray();

        for (long version = 2; version <= 300; version++)
            Assert.Equal(version, (await Tier.CommitAsync(Commit(Patch(Versioned(version))), Cancel)).Version);
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        Assert.True(reads > 0);

        static SealedChange[] Versioned(long version)
        {
            var envelope = new byte[500];
            BinaryPrimitives.WriteInt64LittleEndian(envelope, version);
            return [.. Enumerable.Range(0, Keys).Select(i => new SealedChange(Record($"{i}"), envelope))];
        }
    }

    [Fact]
    public async Task Read_ManyThreadsAtOnce_AllAnswer()
    {
        await CreateAsync();
        var tier = Open(configure: o => o.MaxIdleReaders = 1);
        await Parallel.ForAsync(0, 200, Cancel, async (_, cancel) => Assert.True((await tier.ReadAsync(Session, [Record("a")], false, cancel)).Records[0].Exists));
    }

    [Fact]
    public async Task Read_AfterDispose_Throws()
    {
        await CreateAsync();
        await Tier.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ReadAsync("a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel));
    }

    [Fact]
    public async Task Summarize_Session_CountsByTypeInOrderOfUtf8Bytes()
    {
        await Tier.CommitAsync(
            Creation(Patch(
                new SealedChange(new AuthKey("\uFFFD", "1"), Bytes(5, 1)),
                new SealedChange(new AuthKey("\U0001F600", "1"), Bytes(6, 1)),
                new SealedChange(new AuthKey("creds", "creds"), Bytes(100, 1)),
                new SealedChange(new AuthKey("creds", "other"), Bytes(11, 1)))),
            Cancel);

        var (head, types) = (await Tier.SummarizeAsync(Session, Cancel))!.Value;

        Assert.Equal(1, head.Version);
        Assert.Equal([new AuthTypeSummary("creds", 2, 111), new AuthTypeSummary("\uFFFD", 1, 5), new AuthTypeSummary("\U0001F600", 1, 6)], types);
    }

    [Fact]
    public async Task Summarize_NoSession_IsNull() => Assert.Null(await Tier.SummarizeAsync(Session, Cancel));
}
