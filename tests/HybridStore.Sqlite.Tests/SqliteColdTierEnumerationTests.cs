using System.Text;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierEnumerationTests : TierTest
{
    [Fact]
    public async Task Enumerate_Records_ComeInOrderOfUtf8Bytes()
    {
        string[] names = ["\U0001F600", "\uFFFD", "é", "e\u0301", "a/b", "a", "a:b", "Z", "z", "a b", "%", "_", "'", "\"", "\n", new string('x', 1024)];
        SealedChange[] changes = [.. from type in names from id in names select new SealedChange(new AuthKey(type, id), Encoding.UTF8.GetBytes($"{type}|{id}"))];
        await Tier.CommitAsync(Creation(Patch(changes)), Cancel);

        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));

        Assert.Equal(changes.Length, records.Count);
        Assert.All(records, r => Assert.Equal($"{r.Key.Type}|{r.Key.Id}", Encoding.UTF8.GetString(r.Envelope.Span)));
        byte[][] keys = [.. records.Select(r => Encoding.UTF8.GetBytes($"{r.Key.Type}\0{r.Key.Id}"))];
        for (int i = 1; i < keys.Length; i++)
            Assert.True(keys[i - 1].AsSpan().SequenceCompareTo(keys[i]) < 0);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000)]
    public async Task Enumerate_ManyRecords_AllComeOnceOverPages(int count)
    {
        await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, count).Select(i => Set($"{i:D5}"))])), Cancel);
        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i:D5}"), records.Select(r => r.Key.Id));
    }

    [Fact]
    public async Task Enumerate_LargeRecords_AllComeOnceOverPages()
    {
        await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, 20).Select(i => Set($"{i:D5}", (byte)i, 700_000))])), Cancel);
        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        Assert.Equal(Enumerable.Range(0, 20), records.Select(r => (int)r.Envelope.Span[^1]));
    }

    [Fact]
    public async Task Enumerate_OneType_IsThatTypeOnly()
    {
        SealedChange[] changes = [.. from type in new[] { "a", "b", "c" } from id in Enumerable.Range(0, 300) select new SealedChange(new AuthKey(type, $"{id:D3}"), Bytes(1, 1))];
        await Tier.CommitAsync(Creation(Patch(changes)), Cancel);

        var records = await ToListAsync(Tier.EnumerateAsync(Session, "b", Cancel));

        Assert.Equal(300, records.Count);
        Assert.All(records, r => Assert.Equal("b", r.Key.Type));
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, "", Cancel)));
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, "bb", Cancel)));
    }

    [Fact]
    public async Task Enumerate_NoSession_IsEmpty() => Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enumerate_SessionEndsBetweenPages_Throws(bool createdAnew)
    {
        SealedPatch patch = Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i:D5}"))]);
        await Tier.CommitAsync(Creation(patch), Cancel);
        await using var records = Tier.EnumerateAsync(Session, null, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await records.MoveNextAsync());

        await Tier.DeleteSessionAsync(Session, Cancel);
        if (createdAnew)
            await Tier.CommitAsync(CreationOf(Session, 2, patch), Cancel);

        var ended = await Assert.ThrowsAsync<IncarnationEndedException>(async () =>
        {
            while (await records.MoveNextAsync())
            {
            }
        });
        Assert.Equal((Session, 1), (ended.Session!.Value, ended.Incarnation));
    }

    [Fact]
    public async Task Enumerate_SlowConsumer_KeepsNoTransactionOpen()
    {
        await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i:D5}"))])), Cancel);
        await using var records = Tier.EnumerateAsync(Session, null, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await records.MoveNextAsync());

        await Tier.CommitAsync(Commit(Patch(Set("z"))), Cancel);

        // The first column says whether a reader was in the way.
        Assert.Equal(0, Query("PRAGMA wal_checkpoint(TRUNCATE)"));
    }

    [Fact]
    public async Task Enumerate_Cancelled_Ends()
    {
        await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i:D5}"))])), Cancel);
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var record in Tier.EnumerateAsync(Session, null, cancellation.Token))
                await cancellation.CancelAsync();
        });
    }

    [Fact]
    public async Task ListSessions_ManySessions_AllComeInOrderOverPages()
    {
        var ids = (from tenant in new[] { "a", "a/b", "\U0001F600", "\uFFFD" } from name in Enumerable.Range(0, 150) select new AuthSessionId(tenant, $"{name:D3}")).ToList();
        await Task.WhenAll(ids.AsEnumerable().Reverse().Select(id => Tier.CommitAsync(CreationOf(id, 1, Patch(Set("a"))), Cancel).AsTask()));

        var sessions = await ToListAsync(Tier.ListSessionsAsync(null, Cancel));
        var ofTenant = await ToListAsync(Tier.ListSessionsAsync("a/b", Cancel));

        Assert.Equal(ids.OrderBy(id => Encoding.UTF8.GetBytes(id.Tenant), ByteOrder).ThenBy(id => id.Session, StringComparer.Ordinal), sessions.Select(s => s.Id));
        Assert.All(sessions, s => Assert.Equal(1, s.Head.Version));
        Assert.Equal(ids.Where(id => id.Tenant == "a/b"), ofTenant.Select(s => s.Id));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync("nobody", Cancel)));
    }

    [Fact]
    public async Task Names_ThatLookAlike_AreSessionsOfTheirOwn()
    {
        AuthSessionId[] ids =
        [
            new("a/b", "c"), new("a", "b/c"), new("a", "b"), new("A", "b"), new("é", "x"), new("e\u0301", "x"), new(" a", "b"), new("a ", "b"), new("a", " b"),
            new("\U0001F469\u200D\U0001F52C", "\u202Eabc"), new(new string('x', 1024), new string('é', 512)), new("'; DROP TABLE session; --", "%_\\"),
        ];
        for (int i = 0; i < ids.Length; i++)
            await Tier.CommitAsync(CreationOf(ids[i], 1, Patch(Set("a", (byte)i))), Cancel);

        for (int i = 0; i < ids.Length; i++)
            Assert.Equal(i, (await Tier.ReadAsync(ids[i], [Record("a")], false, Cancel)).Records[0].Envelope.Span[0]);
        Assert.Equal(ids.ToHashSet(), (await ToListAsync(Tier.ListSessionsAsync(null, Cancel))).Select(s => s.Id).ToHashSet());

        foreach (var id in ids)
            Assert.Equal(new ColdDeletion(true, 1, 1, 1), await Tier.DeleteSessionAsync(id, Cancel));
        Assert.Equal(ids.Length, Query("SELECT count(*) FROM tombstone"));
    }

    private static Comparer<byte[]> ByteOrder { get; } = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
}
