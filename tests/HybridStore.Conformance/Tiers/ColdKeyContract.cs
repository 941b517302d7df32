using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>The ring of master keys and the changing of keys, for a tier that knows them: whoever comes second finds that out, and nothing else of a session changes.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdKeyContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    private IColdKeys Keys => Tier.Keys!;

    /// <summary>A ring is what was written last, for everybody, with a version that counts.</summary>
    [Fact]
    public async Task Ring_Written_IsReadByEverybody()
    {
        var none = await Keys.ReadRingAsync(Cancel);
        Assert.Equal((0, 0), (none.Version, none.Content.Length));

        Assert.True(await Keys.WriteRingAsync(0, Sample.Noise(2000, 1), Cancel));
        Assert.True(await Keys.WriteRingAsync(1, Sample.Noise(3000, 2), Cancel));

        foreach (var keys in (IColdKeys[])[Keys, (await Fixture.OpenAsync()).Keys!])
        {
            var ring = await keys.ReadRingAsync(Cancel);
            Assert.Equal(2, ring.Version);
            Assert.Equal(Sample.Noise(3000, 2), ring.Content.ToArray());
        }
    }

    /// <summary>Who writes what was written meanwhile is refused, and changes nothing.</summary>
    [Fact]
    public async Task Ring_WrittenOverAnotherVersion_IsRefused()
    {
        Assert.False(await Keys.WriteRingAsync(1, Sample.Noise(10, 1), Cancel));
        Assert.Equal(0, (await Keys.ReadRingAsync(Cancel)).Version);

        Assert.True(await Keys.WriteRingAsync(0, Sample.Noise(10, 2), Cancel));
        foreach (var other in (long[])[0, 2, 5])
            Assert.False(await Keys.WriteRingAsync(other, Sample.Noise(10, 3), Cancel));

        var ring = await Keys.ReadRingAsync(Cancel);
        Assert.Equal(1, ring.Version);
        Assert.Equal(Sample.Noise(10, 2), ring.Content.ToArray());
    }

    /// <summary>Of many processes that write at once, one does.</summary>
    [Fact]
    public async Task Ring_ManyAtOnce_OneIsWritten()
    {
        var tiers = new List<IColdTier> { Tier };
        for (var i = 0; i < 3; i++)
            tiers.Add(await Fixture.OpenAsync());
        for (var version = 0; version < 5; version++)
        {
            var writes = await Task.WhenAll(tiers.Select((tier, i) => Task.Run(async () => await tier.Keys!.WriteRingAsync(version, new byte[] { (byte)version, (byte)i }, Cancel), Cancel)));

            Assert.Single(writes, static written => written);
            var ring = await Keys.ReadRingAsync(Cancel);
            Assert.Equal(version + 1, ring.Version);
            Assert.Equal([(byte)version, (byte)Array.IndexOf(writes, true)], ring.Content.ToArray());
        }
    }

    /// <summary>Rewrapped data keys are the same keys with other bytes, and nothing else of the session moves.</summary>
    [Fact]
    public async Task Rewrap_AsItWasRead_ReplacesTheBytesOnly()
    {
        await CreateAsync();
        var other = new AuthSessionId("clinic", "other");
        Assert.Equal((ColdCommitStatus.Committed, 1), Short(await CommitAsync(CreationOf(other, 1, Patch(Set("a"))))));
        var before = await StateAsync();

        Assert.Equal(2, await Keys.RewrapAsync([Rewrapped(7), Rewrapped(8) with { Session = other }], Cancel));

        Assert.Equal([(Key1.Id, Convert.ToHexString(Sample.Noise(80, 7)))], (await ReadAsync()).DataKeys.Select(static k => (k.Id, Convert.ToHexString(k.Bytes.Span))));
        Assert.Equal(Sample.Noise(80, 8), Assert.Single((await Tier.ReadAsync(other, [], withDataKeys: true, Cancel)).DataKeys).Bytes.ToArray());
        Assert.Equal(before, await StateAsync());
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(Patch(Set("a", 2))))));
    }

    /// <summary>A data key that is not as it was read, or of another life, or of no session, stays.</summary>
    [Fact]
    public async Task Rewrap_NotAsItWasRead_LeavesItAlone()
    {
        await CreateAsync();

        Assert.Equal(0, await Keys.RewrapAsync(
            [
                Rewrapped(7) with { Before = Sample.Noise(80, 3) },
                Rewrapped(7) with { Incarnation = 2 },
                Rewrapped(7) with { Id = Key2.Id },
                Rewrapped(7) with { Session = new AuthSessionId("no", "one") },
            ],
            Cancel));
        Assert.Equal(0, await Keys.RewrapAsync([], Cancel));

        Assert.Equal(Key1.Bytes.ToArray(), Assert.Single((await ReadAsync()).DataKeys).Bytes.ToArray());
        Assert.Equal(1, await Keys.RewrapAsync([Rewrapped(7), Rewrapped(8)], Cancel));
        Assert.Equal(Sample.Noise(80, 7), Assert.Single((await ReadAsync()).DataKeys).Bytes.ToArray());
    }

    /// <summary>An added data key is the newest, and seals: who seals with the former one is told.</summary>
    [Fact]
    public async Task AddDataKey_AfterTheNewest_SealsFromThenOn()
    {
        await CreateAsync();
        var before = await StateAsync();

        Assert.True(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, Key2), Cancel));
        Assert.True(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, Key2), Cancel));

        Assert.Equal([Key2.Id, Key1.Id], (await ReadAsync()).DataKeys.Select(static k => k.Id));
        Assert.Equal([Key2.Bytes.ToArray(), Key1.Bytes.ToArray()], (await ReadAsync()).DataKeys.Select(static k => k.Bytes.ToArray()));
        Assert.Equal(before, await StateAsync());
        Assert.Equal((ColdCommitStatus.DataKeyChanged, 1), Short(await CommitAsync(Commit(Patch(Set("a", 2))))));
        Assert.Equal(
            (ColdCommitStatus.Committed, 2),
            Short(await CommitAsync(new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key2.Id, Patches = [Patch(Set("a", 2))] })));
        Assert.Equal(1, await Keys.RewrapAsync([Rewrapped(9)], Cancel));
        Assert.Equal([Key2.Id, Key1.Id], (await ReadAsync()).DataKeys.Select(static k => k.Id));
    }

    /// <summary>A data key that follows another one than the newest, or is of another life, is not added.</summary>
    [Fact]
    public async Task AddDataKey_NotAfterTheNewest_IsRefused()
    {
        Assert.False(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, Key2), Cancel));
        await CreateAsync();

        Assert.False(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, new DataKeyId(77), Key2), Cancel));
        Assert.False(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 2, Key1.Id, Key2), Cancel));

        Assert.Equal([Key1.Id], (await ReadAsync()).DataKeys.Select(static k => k.Id));
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(Patch(Set("a", 2))))));
    }

    /// <summary>Of many processes that add a data key at once, one does, and all learn which.</summary>
    [Fact]
    public async Task AddDataKey_ManyAtOnce_OneIsTheNewest()
    {
        await CreateAsync();
        var tiers = new List<IColdTier> { Tier, await Fixture.OpenAsync(), await Fixture.OpenAsync() };

        var added = await Task.WhenAll(tiers.Select((tier, i) => Task.Run(
            async () => await tier.Keys!.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, new WrappedDataKey(new DataKeyId((ulong)i + 10), Sample.Noise(80, i))), Cancel), Cancel)));

        Assert.Single(added, static a => a);
        Assert.Equal([new DataKeyId((ulong)Array.IndexOf(added, true) + 10), Key1.Id], (await ReadAsync()).DataKeys.Select(static k => k.Id));
    }

    /// <summary>A replaced envelope is in the record's place at the record's version; the session's head, and what is counted of it, go along.</summary>
    [Fact]
    public async Task ReplaceEnvelopes_OfTheirVersion_KeepsEverythingElse()
    {
        await CommitAsync(Creation(Patch(Set("a", 1, 100), Set("b", 2, 100))));
        await CommitAsync(Commit(Patch(Set("b", 3, 50))));
        var head = await HeadAsync();

        Assert.Equal(2, await Keys.ReplaceEnvelopesAsync(Session, 1, [Sealed("a", 1, 7, 300), Sealed("b", 2, 8, 10)], Cancel));

        var read = await ReadAsync("a", "b");
        Assert.Equal([(1L, 300, (byte)7), (2L, 10, (byte)8)], read.Records.Select(static r => (r.Version, r.Envelope.Length, r.Envelope.Span[0])));
        Assert.Equal(head, await HeadAsync());
        Assert.Equal([new AuthTypeSummary("session", 2, 310)], (await Tier.SummarizeAsync(Session, Cancel))!.Value.Types);
        Assert.Equal((ColdCommitStatus.Committed, 3), Short(await CommitAsync(Commit(Patch(Delete("a"), Set("c", 4, 5))))));
        Assert.Equal([new AuthTypeSummary("session", 2, 15)], (await Tier.SummarizeAsync(Session, Cancel))!.Value.Types);
    }

    /// <summary>A record that was written or deleted since it was read stays as that commit left it.</summary>
    [Fact]
    public async Task ReplaceEnvelopes_OvertakenByACommit_LeavesTheCommit()
    {
        await CommitAsync(Creation(Patch(Set("a"), Set("b"), Set("c"))));
        await CommitAsync(Commit(Patch(Set("a", 2), Delete("b"))));
        var before = await StateAsync();

        Assert.Equal(0, await Keys.ReplaceEnvelopesAsync(Session, 1, [Sealed("a", 1, 7), Sealed("b", 1, 7), Sealed("never", 1, 7)], Cancel));
        Assert.Equal(0, await Keys.ReplaceEnvelopesAsync(Session, 2, [Sealed("c", 1, 7)], Cancel));
        Assert.Equal(0, await Keys.ReplaceEnvelopesAsync(new AuthSessionId("no", "one"), 1, [Sealed("c", 1, 7)], Cancel));
        Assert.Equal(0, await Keys.ReplaceEnvelopesAsync(Session, 1, [], Cancel));

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>While others commit, envelopes are replaced and no commit is lost.</summary>
    [Fact]
    [Promise(2)]
    public async Task ReplaceEnvelopes_WhileOthersCommit_LoseNothing()
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 20).Select(static i => Set($"{i}", 0))])));
        var other = await Fixture.OpenAsync();
        var replacing = Task.Run(
            async () =>
            {
                for (var round = 0; round < 20; round++)
                {
                    var records = await ToListAsync(other.EnumerateAsync(Session, null, Cancel));
                    await other.Keys!.ReplaceEnvelopesAsync(Session, 1, [.. records.Select(static r => r with { Envelope = Fill((byte)(r.Envelope.Span[0] ^ 0x80)) })], Cancel);
                }
            },
            Cancel);
        for (var i = 0; i < 40; i++)
            Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(Commit(Patch(Set($"{i % 20}", (byte)(i + 1)))))).Status);
        await replacing;

        // The seven lower bits are what the commits wrote.
        var after = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        Assert.Equal(
            Enumerable.Range(20, 20).ToDictionary(static i => $"{i % 20}", static i => (i + 2L, i + 1)),
            after.ToDictionary(static r => r.Key.Id, static r => (r.Version, r.Envelope.Span[0] & 0x7F)));
    }

    /// <summary>While a lease is live, keys are changed without its epoch: the holder's own commits go on, sealed with the new key.</summary>
    [Fact]
    public async Task Keys_OfAHeldSession_AreChangedAndTheLeaseStays()
    {
        await CreateAsync();
        var grant = await AcquireAsync("holder");

        Assert.True(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, Key2), Cancel));
        Assert.Equal(1, await Keys.ReplaceEnvelopesAsync(Session, 1, [Sealed("a", 1, 7)], Cancel));

        Assert.True(await RenewAsync(grant.Epoch));
        var commit = new ColdCommit { Session = Session, Incarnation = 1, Epoch = grant.Epoch, SealedWith = Key2.Id, Patches = [Patch(Set("a", 2))] };
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(commit)));
    }

    /// <summary>A deleted session's keys come back with nothing.</summary>
    [Fact]
    [Promise(5)]
    public async Task Keys_OfADeletedSession_StayDeleted()
    {
        await CreateAsync();
        _ = await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.Equal(0, await Keys.RewrapAsync([Rewrapped(7)], Cancel));
        Assert.False(await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, Key2), Cancel));
        Assert.Equal(0, await Keys.ReplaceEnvelopesAsync(Session, 1, [Sealed("a", 1, 7)], Cancel));

        Assert.Null((await ReadAsync("a")).Head);
        Assert.Empty((await ReadAsync("a")).DataKeys);
    }

    /// <summary>What makes no sense is refused.</summary>
    [Fact]
    [Promise(12)]
    public async Task Keys_ThatMakeNoSense_AreRefused()
    {
        await CreateAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Keys.WriteRingAsync(-1, new byte[1], Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Keys.WriteRingAsync(0, default, Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Keys.AddDataKeyAsync(new DataKeyAddition(Session, 1, Key1.Id, Key1), Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await Keys.RewrapAsync([Rewrapped(7) with { Session = default }], Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Keys.ReplaceEnvelopesAsync(Session, 1, [SealedRecord.Absent(Record("a"))], Cancel));
    }

    private static byte[] Fill(byte fill)
    {
        var bytes = new byte[100];
        Array.Fill(bytes, fill);
        return bytes;
    }

    private static DataKeyRewrap Rewrapped(int seed) => new(Session, 1, Key1.Id, Key1.Bytes, Sample.Noise(80, seed));

    private static SealedRecord Sealed(string id, long version, byte fill, int length = 100)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return new SealedRecord(Record(id), version, bytes);
    }
}
