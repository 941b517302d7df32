using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.MongoDb.Tests;

/// <summary>What is large.</summary>
public sealed class MongoDbSizeTests : MongoDbTierTest
{
    [Fact]
    public async Task Commit_RecordOfTheLargestValue_IsKept()
    {
        var tier = await OpenAsync();
        int length = AuthLimits.MaxValueBytes + 1024;

        await MustAsync(tier, Creation(Patch(Set("a", 7, length), Set("b", 8, length))));

        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], true, Cancel);
        Assert.Equal([length, length], read.Records.Select(r => r.Envelope.Length));
        Assert.Equal([7, 8], read.Records.Select(r => (int)r.Envelope.Span[^1]));
        Assert.Equal([length, length], (await ToListAsync(tier.EnumerateAsync(Session, null, Cancel))).Select(r => r.Envelope.Length));
        var types = (await tier.SummarizeAsync(Session, Cancel))!.Value.Types;
        Assert.Equal([new AuthTypeSummary("session", 2, 2L * length)], types);
    }

    [Theory]
    [InlineData(812, 300)]
    [InlineData(5_000, 100)]
    [InlineData(40, 1_000_000)]
    public async Task Commit_ManyRecordsInOnePatch_AreAllKeptAtOnce(int count, int length)
    {
        var tier = await OpenAsync(TimeSpan.FromMinutes(2));
        await MustAsync(tier, Creation(Patch(Set("a"))));

        await MustAsync(tier, Commit(Patch([.. Enumerable.Range(0, count).Select(i => new SealedChange(new AuthKey("pre-key", $"{i}"), new byte[length]))])));

        var read = await tier.ReadAsync(Session, [.. Enumerable.Range(0, count).Select(i => new AuthKey("pre-key", $"{i}"))], false, Cancel);
        Assert.All(read.Records, r => Assert.Equal((2, length), (r.Version, r.Envelope.Length)));
    }
}
