namespace HybridStore.Conformance.Stores;

/// <summary>Streams, counts and verification of whole sessions, and the listing of sessions.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreEnumerationContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>All records come once and in order; one type is that type only; a session that is not there has none.</summary>
    [Fact]
    public async Task Enumerate_Records_AllComeInOrder()
    {
        var patch = Set(AuthKey.Creds, 0);
        for (var i = 0; i < 1_000; i++)
            patch.Set("pre-key", $"{i:D4}", BitConverter.GetBytes(i));
        await CommitAsync(patch);

        var all = await ToListAsync(Store.EnumerateAsync(Session, cancellationToken: Cancel));

        Assert.Equal(AuthKey.Creds, all[0].Key);
        Assert.Equal(Enumerable.Range(0, 1_000), all.Skip(1).Select(r => BitConverter.ToInt32(r.Value.Span)));
        Assert.Single(await ToListAsync(Store.EnumerateAsync(Session, AuthKeyTypes.Creds, Cancel)));
        Assert.Empty(await ToListAsync(Store.EnumerateAsync(Session, "pre", Cancel)));
        Assert.Empty(await ToListAsync(Store.EnumerateAsync(new AuthSessionId("clinic", "other"), cancellationToken: Cancel)));
    }

    /// <summary>Records that change meanwhile come as they were at some moment; those that stay all come.</summary>
    [Fact]
    [Promise(3)]
    public async Task Enumerate_WhileRecordsChange_GivesEachOnceAsItWasAtSomeMoment()
    {
        var patch = new AuthPatch();
        for (var i = 0; i < 600; i++)
            patch.Set("pre-key", $"{i:D4}", new byte[] { 1 });
        await CommitAsync(patch);
        var seen = new List<AuthRecord>();

        await foreach (var record in Store.EnumerateAsync(Session, cancellationToken: Cancel))
        {
            seen.Add(record);
            if (seen.Count % 60 == 0)
                await CommitAsync(new AuthPatch().Set("pre-key", $"{seen.Count:D4}", new byte[] { 2, 2 }).Delete("pre-key", "0599"));
        }

        Assert.Equal(seen.Select(r => r.Key.Id).Distinct().Order(StringComparer.Ordinal), seen.Select(r => r.Key.Id));
        Assert.Equal(Enumerable.Range(0, 599).Select(i => $"{i:D4}"), seen.Select(r => r.Key.Id).Where(id => id != "0599" && string.CompareOrdinal(id, "0599") < 0));
        Assert.All(seen, r => Assert.True(r.Value.Length == (r.Version == 1 ? 1 : 2) && r.Value.Span[0] == r.Value.Length, r.Key.Id));
    }

    /// <summary>An enumeration is a stream: the first record comes before the last was opened, and a consumer that stops early costs no more.</summary>
    [Fact]
    [Promise(11)]
    public async Task Enumerate_StoppedEarly_DoesNotReadItAll()
    {
        var patch = new AuthPatch();
        for (var i = 0; i < 2_000; i++)
            patch.Set("pre-key", $"{i:D4}", Sample.Noise(5_000, i));
        await CommitAsync(patch);
        var before = Cold.Probe.Bytes;

        await foreach (var record in Store.EnumerateAsync(Session, cancellationToken: Cancel))
            break;

        Assert.InRange(Cold.Probe.Bytes - before, 1, 5_000_000);
    }

    /// <summary>A summary counts what is there, type by type.</summary>
    [Fact]
    public async Task Summarize_Session_CountsByType()
    {
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await Store.SummarizeAsync(Session, Cancel));
        await CommitAsync(Set(A, Sample.Noise(100)).Set(B, Sample.Noise(100)).Set(AuthKey.Creds, new byte[10]));
        await CommitAsync(new AuthPatch().Delete(AuthKey.Creds).Set("\U0001F600", "i", new byte[1]).Set("\uFFFD", "i", new byte[1]));

        var summary = await Store.SummarizeAsync(Session, Cancel);

        Assert.Equal([("session", 2L), ("\uFFFD", 1L), ("\U0001F600", 1L)], summary.Types.Select(t => (t.Type, t.Records)));
        Assert.InRange(summary.Types[0].StoredBytes, 200, 400);
        Assert.Equal(await Store.FindSessionAsync(Session, Cancel), summary.Session);
    }

    /// <summary>A verification opens every record and says so of each.</summary>
    [Fact]
    [Promise(9)]
    public async Task Verify_SoundSession_OpensEveryRecord()
    {
        await Assert.ThrowsAsync<SessionNotFoundException>(() => ToListAsync(Store.VerifyAsync(Session, Cancel)));
        await CommitAsync(Set(A, new byte[100]).Set(AuthKey.Creds, new byte[10]));

        var checks = await ToListAsync(Store.VerifyAsync(Session, Cancel));

        Assert.Equal([AuthKey.Creds, A], checks.Select(c => c.Key));
        Assert.All(checks, c => Assert.Null(c.Fault));
    }

    /// <summary>Sessions are found with their times and listed in order, a tenant's alone.</summary>
    [Fact]
    [Promise(13)]
    public async Task ListSessions_ComeInOrderByTenant()
    {
        foreach (var (tenant, name) in new[] { ("b", "2"), ("a", "2"), ("b", "1"), ("a%", "1"), ("B", "1"), ("\U0001F600", "1"), ("\uFFFD", "1") })
            await Store.CommitAsync(new AuthSessionId(tenant, name), Set(A, 1), Cancel);
        await Fixture.AdvanceAsync(TimeSpan.FromMilliseconds(50));
        await Store.CommitAsync(new AuthSessionId("b", "1"), Set(A, 2), Cancel);

        await Fixture.SettleAsync();

        var all = await ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel));

        Assert.Equal(["B/1", "a/2", "a%/1", "b/1", "b/2", "\uFFFD/1", "\U0001F600/1"], all.Select(s => s.Id.ToString()));
        Assert.Equal(["b/1", "b/2"], (await ToListAsync(Store.ListSessionsAsync("b", Cancel))).Select(s => s.Id.ToString()));
        Assert.Empty(await ToListAsync(Store.ListSessionsAsync("c", Cancel)));
        var changed = await Store.FindSessionAsync(new AuthSessionId("b", "1"), Cancel);
        Assert.Equal(all[3], changed);
        Assert.Equal((2, true), (changed!.Version, changed.UpdatedAt > changed.CreatedAt));
    }
}
