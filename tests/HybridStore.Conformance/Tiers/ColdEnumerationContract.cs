using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Streams of records and sessions, counts, and names of any kind.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdEnumerationContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Records come in order of their type's and id's UTF-8 bytes, each once, whatever their names.</summary>
    [Fact]
    [Promise(13)]
    public async Task Enumerate_RecordsOfAnyName_ComeInOrderOfUtf8Bytes()
    {
        (string First, string Second)[] names = [.. Sample.Pairs.Concat(Sample.Names.Select(n => ("z", n))).Concat(Sample.Names.Where(n => n != "z").Select(n => (n, "z"))).Distinct()];
        await CommitAsync(Creation(Patch([.. names.Select(n => new SealedChange(new AuthKey(n.First, n.Second), Encoding.UTF8.GetBytes($"{n}")))])));

        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));

        Assert.Equal(Sample.InOrder(names), records.Select(r => (r.Key.Type, r.Key.Id)));
        Assert.All(records, r => Assert.Equal($"{(r.Key.Type, r.Key.Id)}", Encoding.UTF8.GetString(r.Envelope.Span)));
        var read = await Tier.ReadAsync(Session, [.. names.Select(n => new AuthKey(n.First, n.Second))], false, Cancel);
        Assert.Equal(names.Select(n => $"{n}"), read.Records.Select(r => Encoding.UTF8.GetString(r.Envelope.Span)));
    }

    /// <summary>All come once, however many pages that takes.</summary>
    /// <param name="count">How many records.</param>
    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000)]
    public async Task Enumerate_ManyRecords_AllComeOnceOverPages(int count)
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, count).Select(i => Set($"{i:D5}", length: 10))])));
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i:D5}"), (await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel))).Select(r => r.Key.Id));
    }

    /// <summary>Large records come once too.</summary>
    [Fact]
    public async Task Enumerate_LargeRecords_AllComeOnceOverPages()
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 8).Select(i => Set($"{i:D5}", (byte)i, 700_000))])));
        Assert.Equal(Enumerable.Range(0, 8), (await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel))).Select(r => (int)r.Envelope.Span[^1]));
    }

    /// <summary>One type is that type only, and neither a prefix nor a longer one.</summary>
    [Fact]
    public async Task Enumerate_OneType_IsThatTypeOnly()
    {
        SealedChange[] changes =
        [
            .. from type in (string[])["a", "b", "bb", "b\u0001", "c"] from id in Enumerable.Range(0, 300) select new SealedChange(new AuthKey(type, $"{id:D3}"), new byte[1]),
        ];
        await CommitAsync(Creation(Patch(changes)));

        var records = await ToListAsync(Tier.EnumerateAsync(Session, "b", Cancel));

        Assert.Equal(300, records.Count);
        Assert.All(records, r => Assert.Equal("b", r.Key.Type));
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, "bbb", Cancel)));
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, "%", Cancel)));
    }

    /// <summary>Without a session nothing comes.</summary>
    [Fact]
    [Promise(1)]
    public async Task Enumerate_NoSession_IsEmpty() => Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));

    /// <summary>Records that change meanwhile come as they were at some moment; those that do not change all come, once and in order.</summary>
    [Fact]
    [Promise(3, 5)]
    public async Task Enumerate_WhileRecordsChange_GivesEachOnceAsItWasAtSomeMoment()
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 1_000).Select(i => Set($"{i:D4}", 1, 10))])));
        await CommitAsync(Commit(Patch(Delete("0007"))));
        var seen = new List<SealedRecord>();
        await foreach (var record in Tier.EnumerateAsync(Session, null, Cancel))
        {
            seen.Add(record);
            if (seen.Count % 100 == 0)
                await CommitAsync(Commit(Patch(Set($"{seen.Count:D4}", 2, 20), Set("9999", 2, 20), Delete("0998"))));
        }

        var stable = Enumerable.Range(0, 998).Where(i => i != 7).Select(i => $"{i:D4}").ToList();
        Assert.Equal(stable, seen.Select(r => r.Key.Id).Where(stable.Contains));
        Assert.Equal(seen.Select(r => r.Key.Id).Distinct().Order(StringComparer.Ordinal), seen.Select(r => r.Key.Id));
        Assert.DoesNotContain("0007", seen.Select(r => r.Key.Id));
        Assert.All(seen, r => Assert.True(r.Envelope.Length == (r.Envelope.Span[0] == 1 ? 10 : 20) && (r.Envelope.Span[0] == 1) == (r.Version == 1), r.Key.Id));
    }

    /// <summary>A session that ends meanwhile must not look like one whose records came to their end.</summary>
    /// <param name="createdAnew">Whether another life begins.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(1, 5)]
    public async Task Enumerate_SessionEndsMeanwhile_Throws(bool createdAnew)
    {
        var patch = Patch([.. Enumerable.Range(0, 3_000).Select(i => Set($"{i:D5}", length: 10))]);
        await CommitAsync(Creation(patch));
        await using var records = Tier.EnumerateAsync(Session, null, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await records.MoveNextAsync());

        await Tier.DeleteSessionAsync(Session, Cancel);
        if (createdAnew)
            await CommitAsync(CreationOf(Session, 2, patch));

        var ended = await Assert.ThrowsAsync<IncarnationEndedException>(async () =>
        {
            while (await records.MoveNextAsync())
            {
            }
        });
        Assert.Equal((Session, 1), (ended.Session!.Value, ended.Incarnation));
    }

    /// <summary>Who enumerates slowly is in nobody's way.</summary>
    [Fact]
    public async Task Enumerate_SlowConsumer_KeepsNobodyFromWriting()
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i:D5}", length: 10))])));
        await using var records = Tier.EnumerateAsync(Session, null, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await records.MoveNextAsync());

        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(Patch(Set("z"))))));
        Assert.True((await Tier.DeleteSessionAsync(Session, Cancel)).Existed);
    }

    /// <summary>A cancelled enumeration ends by saying so.</summary>
    [Fact]
    public async Task Enumerate_Cancelled_Throws()
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 3_000).Select(i => Set($"{i:D5}", length: 10))])));
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var record in Tier.EnumerateAsync(Session, null, cancellation.Token))
                await cancellation.CancelAsync();
        });
    }

    /// <summary>Sessions come in order of their tenant's and name's UTF-8 bytes; a tenant's are its own.</summary>
    [Fact]
    [Promise(13)]
    public async Task ListSessions_ManySessions_AllComeInOrderOverPages()
    {
        (string First, string Second)[] names = [.. from tenant in (string[])["a", "a/b", "\U0001F600", "\uFFFD"] from name in Enumerable.Range(0, 90) select (tenant, $"{name:D3}")];
        await Task.WhenAll(names.Reverse().Select(n => CommitAsync(CreationOf(new AuthSessionId(n.First, n.Second), 1, Patch(Set("a", length: 1))))));

        var sessions = await ToListAsync(Tier.ListSessionsAsync(null, Cancel));
        var ofTenant = await ToListAsync(Tier.ListSessionsAsync("a/b", Cancel));

        Assert.Equal(Sample.InOrder(names), sessions.Select(s => (s.Id.Tenant, s.Id.Session)));
        Assert.All(sessions, s => Assert.Equal((1, 1), (s.Head.Version, s.Head.Incarnation)));
        Assert.Equal(names.Where(n => n.First == "a/b"), ofTenant.Select(s => (s.Id.Tenant, s.Id.Session)));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync("nobody", Cancel)));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync("%", Cancel)));
    }

    /// <summary>Tenants and sessions of any name are sessions of their own: read, listed, held and deleted one by one.</summary>
    [Fact]
    [Promise(13)]
    public async Task Sessions_OfAnyName_NeverMeet()
    {
        AuthSessionId[] ids = [.. Sample.Pairs.Concat(Sample.Names.Select(n => ("t", n))).Concat(Sample.Names.Select(n => (n, "s"))).Distinct().Select(n => new AuthSessionId(n.Item1, n.Item2))];
        for (var i = 0; i < ids.Length; i++)
            Assert.Equal((ColdCommitStatus.Committed, 1), Short(await CommitAsync(CreationOf(ids[i], 1, Patch(new SealedChange(Record("a"), BitConverter.GetBytes(i)))))));

        for (var i = 0; i < ids.Length; i++)
            Assert.Equal(i, BitConverter.ToInt32((await Tier.ReadAsync(ids[i], [Record("a")], false, Cancel)).Records[0].Envelope.Span));
        Assert.Equal(
            Sample.InOrder(ids.Select(id => (id.Tenant, id.Session))), (await ToListAsync(Tier.ListSessionsAsync(null, Cancel))).Select(s => (s.Id.Tenant, s.Id.Session)));

        foreach (var id in ids)
            Assert.Equal(new ColdDeletion(true, 1, 1, 1), await Tier.DeleteSessionAsync(id, Cancel));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
    }

    /// <summary>Counts and bytes are those of the envelopes, by type, in order of the types' UTF-8 bytes.</summary>
    [Fact]
    public async Task Summarize_Types_AreCountedInOrder()
    {
        string[] types = ["\uFFFD", "\U0001F600", "a", "a/b", "Z"];
        await CommitAsync(Creation(Patch([.. from type in types from i in Enumerable.Range(0, 3) select new SealedChange(new AuthKey(type, $"{i}"), new byte[i * 10])])));
        await CommitAsync(Commit(Patch(new SealedChange(new AuthKey("a", "0"), null), new SealedChange(new AuthKey("a", "1"), new byte[5]))));

        var summary = (await Tier.SummarizeAsync(Session, Cancel))!.Value;

        Assert.Equal(2, summary.Head.Version);
        Assert.Equal(Sample.InOrder(types.Select(t => (t, ""))).Select(t => t.First), summary.Types.Select(t => t.Type));
        Assert.All(summary.Types, t => Assert.Equal(t.Type == "a" ? (2, 25) : (3, 30), (t.Records, t.StoredBytes)));

        await CommitAsync(Commit(Patch([.. Enumerable.Range(0, 3).Select(i => new SealedChange(new AuthKey("Z", $"{i}"), null))])));
        Assert.DoesNotContain("Z", (await Tier.SummarizeAsync(Session, Cancel))!.Value.Types.Select(t => t.Type));
        await CommitAsync(Commit(Patch(new SealedChange(new AuthKey("Z", "0"), new byte[7]))));
        Assert.Contains(new AuthTypeSummary("Z", 1, 7), (await Tier.SummarizeAsync(Session, Cancel))!.Value.Types);
    }
}
