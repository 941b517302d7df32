using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Stores;

/// <summary>Tenants, envelopes and secrets stay where they belong, and cost follows the change.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreIsolationContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>Tenants and sessions whose names become one when joined never meet.</summary>
    [Fact]
    [Promise(13)]
    public async Task Sessions_WhoseNamesLookAlike_NeverMeet()
    {
        AuthSessionId[] ids = [.. Sample.Pairs.Concat(Sample.Names.Take(20).Select(n => ("t", n))).Distinct().Select(n => new AuthSessionId(n.Item1, n.Item2))];
        for (var i = 0; i < ids.Length; i++)
            Assert.Equal((1, 1), (await Store.CommitAsync(ids[i], new AuthPatch().Set(A, BitConverter.GetBytes(i)), Cancel)) is var r ? ((int)r.Incarnation, (int)r.Version) : default);

        foreach (var store in (IAuthStateStore[])[Store, (await Fixture.OpenAsync()).Store])
        {
            for (var i = 0; i < ids.Length; i++)
                Assert.Equal(i, BitConverter.ToInt32((await store.GetAsync(ids[i], A, Cancel)).Value.Span));
        }

        await Store.DeleteSessionAsync(ids[0], Cancel);
        Assert.Equal(ids.Skip(1).ToHashSet(), (await ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel))).Select(s => s.Id).ToHashSet());
        foreach (var tenant in ids.Skip(1).GroupBy(id => id.Tenant))
            Assert.Equal(tenant.ToHashSet(), (await ToListAsync(Store.ListSessionsAsync(tenant.Key, Cancel))).Select(s => s.Id).ToHashSet());
    }

    /// <summary>An envelope that stands in another record's place does not open there.</summary>
    /// <param name="where">The other place: another id, type, session or tenant.</param>
    [Theory]
    [InlineData("id")]
    [InlineData("type")]
    [InlineData("session")]
    [InlineData("tenant")]
    [Promise(9, 13)]
    public async Task Envelope_InAnotherPlace_DoesNotOpen(string where)
    {
        var (session, key) = where switch
        {
            "id" => (Session, B),
            "type" => (Session, new AuthKey("other", "a")),
            "session" => (new AuthSessionId("clinic", "other"), A),
            _ => (new AuthSessionId("other", "reception"), A),
        };
        await CommitAsync(Set(A, "mine"u8.ToArray()));
        await Store.CommitAsync(session, Set(key, "theirs"u8.ToArray()), Cancel);
        var foreign = (await Cold.Inner.ReadAsync(session, [key], true, Cancel)).Records[0].Envelope;

        await FailsToOpenAsync(record => record with { Envelope = foreign });
    }

    /// <summary>An envelope with any one bit changed, or cut short, does not open.</summary>
    [Fact]
    [Promise(9)]
    public async Task Envelope_WithABitChanged_DoesNotOpen()
    {
        await CommitAsync(Set(A, "mine"u8.ToArray()));
        var envelope = (await Cold.Inner.ReadAsync(Session, [A], false, Cancel)).Records[0].Envelope.ToArray();

        for (var i = 0; i < envelope.Length; i++)
        {
            var changed = envelope.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            await FailsToOpenAsync(record => record with { Envelope = changed });
        }

        await FailsToOpenAsync(record => record with { Envelope = envelope.AsMemory(0, envelope.Length - 1) });
        await FailsToOpenAsync(record => record with { Envelope = default });
    }

    /// <summary>Nothing that goes to a tier holds a value, a part of one, or the master key in any of its spellings.</summary>
    [Fact]
    [Promise(10)]
    public async Task Tiers_AreGivenNoPlaintext()
    {
        _ = Cold;
        List<TierProbe> probes = [];
        Watch(Opened);
        var secret = Encoding.UTF8.GetBytes("this-private-key-must-never-be-seen-below-the-codec");
        byte[] large = [.. Enumerable.Repeat(secret, 200).SelectMany(s => s)];

        await CommitAsync(Set(AuthKey.Creds, secret).Set(A, large).Set(B, secret.AsMemory(0, 20)));
        await CommitAsync(Set(A, secret));
        await Store.ImportAsync(new AuthSessionId("clinic", "imported"), Entries((A, secret), (B, large)), Cancel);
        var other = await Fixture.OpenAsync();
        Watch(other);
        await other.Store.GetManyAsync(Session, [AuthKey.Creds, A, B], Cancel);

        var written = probes.SelectMany(p => p.Written).ToList();
        Assert.True(written.Count >= 6, "The probes have seen too little to judge.");
        List<byte[]> secrets = [secret.AsSpan(0, 12).ToArray(), secret.AsSpan(20, 12).ToArray()];
        foreach (var text in Fixture.Secrets)
        {
            secrets.Add(Encoding.UTF8.GetBytes(text));
            if (Convert.TryFromBase64String(text, new byte[text.Length], out var length) && length > 0)
                secrets.Add(Convert.FromBase64String(text));
        }

        Assert.All(written, bytes => Assert.All(secrets, s => Assert.True(bytes.AsSpan().IndexOf(s) < 0, "A tier was given plaintext.")));
        Assert.All(written, bytes => Assert.DoesNotContain("must-never-be-seen", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal));

        void Watch(OpenedStore opened)
        {
            opened.Cold!.Probe.KeepsWritten = true;
            probes.Add(opened.Cold.Probe);
            if (opened.Hot is { } hot)
            {
                hot.Probe.KeepsWritten = true;
                probes.Add(hot.Probe);
            }
        }
    }

    /// <summary>No exception shows a value or the master key.</summary>
    [Fact]
    [Promise(10)]
    public async Task Exceptions_ShowNoSecret()
    {
        var secret = "the-secret-value"u8.ToArray();
        await CommitAsync(Set(A, secret));
        await Fixture.SettleAsync();
        Cold.Probe.Before = _ => throw new StoreUnavailableException("cold", "It is down.");
        Opened.Hot?.Probe.TakeDown("hot");

        Exception?[] failures =
        [
            await Record.ExceptionAsync(() => CommitAsync(Set(A, secret).Expect(A, 7))),
            await Record.ExceptionAsync(async () => await Store.GetAsync(Session, A, Cancel)),
            await Record.ExceptionAsync(async () => await Store.ImportAsync(new AuthSessionId("t", "s"), Entries((A, secret), (A, secret)), Cancel)),
        ];

        Assert.All(failures, e =>
        {
            Assert.NotNull(e);
            Assert.DoesNotContain("the-secret-value", e.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(secret), e.ToString(), StringComparison.Ordinal);
            Assert.All(Fixture.Secrets, s => Assert.DoesNotContain(s, e.ToString(), StringComparison.Ordinal));
        });
    }

    /// <summary>Touching some records costs the same calls, and as many bytes, in a small session as in a large one.</summary>
    [Fact]
    [Promise(11)]
    public async Task Cost_OfTouchingSomeRecords_DoesNotGrowWithTheSession()
    {
        NeedsWriteThrough();
        var small = await CostAsync(100);
        var large = await CostAsync(10_000);

        Assert.Equal(small, large);
    }

    /// <summary>One get of many ids is one round trip to a tier, however many they are.</summary>
    [Fact]
    [Promise(11)]
    public async Task Cost_OfManyIds_IsOneRoundTrip()
    {
        var patch = new AuthPatch();
        for (var i = 0; i < 500; i++)
            patch.Set("pre-key", $"{i}", new byte[10]);
        await CommitAsync(patch);
        var (store, cold, hot) = await Fixture.OpenAsync();
        Assert.SkipWhen(cold is null, "The fixture can't stand between the store and its tier.");

        await store.GetManyAsync(Session, [.. Enumerable.Range(0, 500).Select(i => new AuthKey("pre-key", $"{i}"))], Cancel);

        Assert.InRange(cold!.Probe.Count(TierOperation.Read), 0, 1);
        Assert.InRange(hot?.Probe.Count(TierOperation.Read) ?? 0, 0, 1);
    }

    private async Task<string> CostAsync(int records)
    {
        var session = new AuthSessionId("clinic", $"{records}");
        var (store, cold, hot) = await Fixture.OpenAsync();
        Assert.SkipWhen(cold is null, "The fixture can't stand between the store and its tier.");
        await store.ImportAsync(session, Many(records), Cancel);
        var costs = new List<string>();
        foreach (var act in (Func<Task>[])
        [
            async () => await store.GetAsync(session, new AuthKey("pre-key", "000042"), Cancel),
            async () => await store.CommitAsync(session, new AuthPatch().Set("pre-key", "000042", Sample.Noise(50)).Delete("pre-key", "000007"), Cancel),
            async () => await store.GetManyAsync(session, [new AuthKey("pre-key", "000042"), new AuthKey("pre-key", "000007"), new AuthKey("pre-key", "000009")], Cancel),
            async () => await store.CommitAsync(session, new AuthPatch().Set("pre-key", "000009", Sample.Noise(50)).Expect(new AuthKey("pre-key", "000042"), 2), Cancel),
            async () => await store.FindSessionAsync(session, Cancel),
        ])
        {
            var (calls, bytes) = (cold!.Probe.Calls + (hot?.Probe.Calls ?? 0), cold.Probe.Bytes + (hot?.Probe.Bytes ?? 0));
            await act();
            costs.Add($"{cold.Probe.Calls + (hot?.Probe.Calls ?? 0) - calls} calls, {cold.Probe.Bytes + (hot?.Probe.Bytes ?? 0) - bytes} bytes");
        }

        return string.Join("; ", costs);
    }

    private static async IAsyncEnumerable<AuthEntry> Many(int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++)
            yield return new AuthEntry(new AuthKey("pre-key", $"{i:D6}"), Sample.Noise(50, i));
    }

    private async Task FailsToOpenAsync(Func<SealedRecord, SealedRecord> change)
    {
        await Fixture.SettleAsync();
        var (store, cold, hot) = await Fixture.OpenAsync();
        hot?.Probe.TakeDown("hot");
        cold!.OnAnswer = read => new ColdRead
        {
            Head = read.Head, LastEndedIncarnation = read.LastEndedIncarnation, DataKeys = read.DataKeys, Records = [.. read.Records.Select(change)],
        };

        var e = await Assert.ThrowsAsync<EnvelopeException>(async () => await store.GetAsync(Session, A, Cancel));
        Assert.Equal((Session, A), (e.Session!.Value, e.Key));
    }
}
