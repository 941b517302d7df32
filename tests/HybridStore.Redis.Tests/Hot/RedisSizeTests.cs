using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Hot;

/// <summary>Patches larger than what Lua and a stream take at once.</summary>
public sealed class RedisSizeTests : RedisTierTest
{
    [Theory]
    [InlineData(499, 100)]
    [InlineData(500, 100)]
    [InlineData(501, 100)]
    [InlineData(812, 300)]
    [InlineData(1000, 1)]
    [InlineData(5000, 200)]
    [InlineData(4, 3 * 1024 * 1024)]
    [InlineData(3, AuthLimits.MaxValueBytes)]
    public async Task Queue_LargePatch_ComesBackWhole(int records, int bytes)
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        var patch = Patch(2, [.. Enumerable.Range(0, records).Select(i => i % 7 == 3 && bytes < 1000 ? new SealedChange(new AuthKey("session", $"{i}"), null) : Set($"{i}", Any.Noise(bytes, i)))]);

        Assert.Equal(HotQueueStatus.Queued, (await tier.Outbox!.QueueAsync(Commit(patch, Patch(3, Set("last", [9])), Patch(4)), Cancel)).Status);

        var entries = await tier.Outbox.ReadAsync(Session, 0, 10, Cancel);
        Assert.Equal([2, 3, 4], entries.Select(e => e.Patch.Version));
        Same(patch.Changes, entries[0].Patch.Changes);
        Assert.Empty(entries[2].Patch.Changes);
        Assert.Equal([2], (await tier.Outbox.ReadAsync(Session, 0, 1, Cancel)).Select(e => e.Patch.Version));
        Assert.Equal([3], (await tier.Outbox.ReadAsync(Session, 2, 1, Cancel)).Select(e => e.Patch.Version));
        var read = await ReadAsync(tier, [.. patch.Changes.Select(c => c.Key)]);
        Same(patch.Changes, [.. read.Records.Select(r => new SealedChange(r!.Value.Key, r.Value.Exists ? r.Value.Envelope : (ReadOnlyMemory<byte>?)null))]);

        await tier.Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 2, Cancel);
        Assert.Equal([3, 4], (await tier.Outbox.ReadAsync(Session, 0, 10, Cancel)).Select(e => e.Patch.Version));
        await tier.Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 4, Cancel);
        Assert.Equal("0", server.Send("EXISTS", "hybridstore:{clinic/reception}:o"));
    }

    [Fact]
    public async Task Read_MoreThanOneCommandTakes_IsOfOneMoment()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("1", [1]), Set("199999", [2]));

        var read = await ReadAsync(tier, [.. Enumerable.Range(0, 250_000).Select(i => new AuthKey("session", $"{i}"))]);

        Assert.Equal(250_000, read.Records.Count);
        Assert.Equal([1, 199_999], Enumerable.Range(0, 250_000).Where(i => read.Records[i] is not null));
    }

    [Fact]
    public async Task Apply_MoreThanOneStepTakes_OnlyMovesOn()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("before", [1]));

        Assert.True(await ApplyAsync(tier, 2, Session, [.. Enumerable.Range(0, 200_001).Select(i => Set($"{i}", [1]))]));

        var read = await ReadAsync(tier, new AuthKey("session", "before"), new AuthKey("session", "1"));
        Assert.Equal(2, read.Meta!.Version);
        Assert.Equal([null, null], read.Records);
    }

    [Fact]
    public async Task Queue_MoreThanOneStepTakes_IsRefusedWithNothingChanged()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        var patch = Patch(2, [.. Enumerable.Range(0, 200_001).Select(i => Set($"{i}", [1]))]);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.Outbox!.QueueAsync(Commit(patch), Cancel));

        Assert.Equal(1, (await ReadAsync(tier)).Meta!.Version);
    }

    private static void Same(IReadOnlyList<SealedChange> expected, IReadOnlyList<SealedChange> actual)
    {
        Assert.Equal(expected.Select(c => c.Key), actual.Select(c => c.Key));
        Assert.All(
            expected.Zip(actual),
            p => Assert.True(p.First.Envelope is { } e ? p.Second.Envelope is { } a && a.Span.SequenceEqual(e.Span) : p.Second.Envelope is null, p.First.Key.ToString()));
    }
}
