#pragma warning disable CA2100 // The statements are of the test's own names.
using HybridStore.Tests.Support;
using Microsoft.Data.Sqlite;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>A record that does not open is never absent, and never replaced unless somebody says so; then what it was is kept.</summary>
public sealed class DamageTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Commit_OverARecordThatDidNotOpen_IsRefusedAndChangesNothing()
    {
        var store = await DamagedAsync(A);
        var damaged = Stored(A);
        Assert.False((await Assert.ThrowsAsync<EnvelopeException>(async () => await store.GetAsync(Session, A, Cancel))).IsRefusedCommit);

        foreach (var patch in new[] { new AuthPatch().Set(A, new byte[9]), new AuthPatch().Delete(A), new AuthPatch().Set(B, new byte[9]).Set(A, new byte[9]) })
        {
            var e = await Assert.ThrowsAsync<EnvelopeException>(async () => await store.CommitAsync(Session, patch, Cancel));
            Assert.Equal((true, A, EnvelopeFault.NotAuthentic), (e.IsRefusedCommit, e.Key, e.Fault));
        }

        Assert.Equal(damaged, Stored(A));
        Assert.Equal(1, (await store.FindSessionAsync(Session, Cancel))!.Version);
        await store.CommitAsync(Session, new AuthPatch().Set(B, new byte[9]), Cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_ThatMayReplaceIt_KeepsWhatItWas(bool underALease)
    {
        var store = await DamagedAsync(A);
        var damaged = Stored(A);
        var told = new List<RecordDamagedEventArgs>();
        store.RecordDamaged += (_, e) => told.Add(e);
        await using var handle = underALease ? await store.OpenAsync(Session, Cancel) : null;
        var patch = new AuthPatch().Set(A, new byte[] { 1, 2, 3 }).ReplaceDamaged();

        _ = handle is null ? await store.CommitAsync(Session, patch, Cancel) : await handle.CommitAsync(patch, Cancel);

        Assert.Equal([1, 2, 3], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
        var kept = Assert.Single(await ToListAsync(store.Quarantine.ListAsync(Session, Cancel)));
        Assert.Equal((A, 1L, EnvelopeFault.NotAuthentic, (long)damaged.Length), (kept.Key, kept.Version, kept.Fault, kept.StoredBytes));
        Assert.Equal(damaged, (await store.Quarantine.ReadAsync(Session, kept.Id, Cancel))!.Value.ToArray());
        Assert.Equal([(A, false), (A, true)], told.Select(e => (e.Key, e.IsQuarantined)));

        // It goes no further than the quarantine, and a restart keeps it.
        Assert.Equal([AuthKey.Creds, A, B], (await ToListAsync(store.EnumerateAsync(Session, cancellationToken: Cancel))).Select(r => r.Key));
        Assert.All(await ToListAsync(store.VerifyAsync(Session, Cancel)), c => Assert.Null(c.Fault));
        if (handle is not null)
            await handle.DisposeAsync();
        var other = _fixture.Open(withHot: false).Store;
        Assert.Equal(kept, Assert.Single(await ToListAsync(other.Quarantine.ListAsync(Session, Cancel))));

        Assert.True(await other.Quarantine.DiscardAsync(Session, kept.Id, Cancel));
        Assert.False(await other.Quarantine.DiscardAsync(Session, kept.Id, Cancel));
        Assert.Null(await other.Quarantine.ReadAsync(Session, kept.Id, Cancel));
        Assert.Empty(await ToListAsync(other.Quarantine.ListAsync(Session, Cancel)));
    }

    [Fact]
    public async Task Commit_OfTheSamePatchAgain_IsARepeatThoughItsRecordWasDamagedSince()
    {
        var (store, _, _) = _fixture.Open(withHot: false);
        var patch = new AuthPatch().Set(A, new byte[100]);
        var first = await store.CommitAsync(Session, patch, Cancel);
        Damage(A);
        await Assert.ThrowsAsync<EnvelopeException>(async () => await store.GetAsync(Session, A, Cancel));

        Assert.Equal(first with { IsRepeat = true }, await store.CommitAsync(Session, patch, Cancel));
    }

    [Fact]
    public async Task Commit_WhereAnotherProcessHasMendedIt_IsMade()
    {
        var store = await DamagedAsync(A);
        await Assert.ThrowsAsync<EnvelopeException>(async () => await store.GetAsync(Session, A, Cancel));
        await _fixture.Open(withHot: false).Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 7 }).ReplaceDamaged(), Cancel);

        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 8 }), Cancel);

        Assert.Equal([8], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
        Assert.Single(await ToListAsync(store.Quarantine.ListAsync(Session, Cancel)));
    }

    [Fact]
    public async Task Commit_OfAnotherIdentityOverDamagedCredentials_IsRefusedThoughNobodyReadThem()
    {
        var store = await DamagedAsync(AuthKey.Creds);
        var patch = new AuthPatch().Set(AuthKey.Creds, "{}"u8.ToArray()).AllowIdentityChange();

        Assert.True((await Assert.ThrowsAsync<EnvelopeException>(async () => await store.CommitAsync(Session, patch, Cancel))).IsRefusedCommit);

        await store.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, "{}"u8.ToArray()).AllowIdentityChange().ReplaceDamaged(), Cancel);
        Assert.Equal(AuthKey.Creds, Assert.Single(await ToListAsync(store.Quarantine.ListAsync(Session, Cancel))).Key);
    }

    [Fact]
    public async Task Quarantine_WhenItIsFull_TakesNoMoreAndNothingIsReplaced()
    {
        var (store, _, _) = _fixture.Open(withHot: false);
        var all = new AuthPatch();
        for (var i = 0; i <= AuthQuarantine.MaxEnvelopes; i++)
            all.Set("session", $"{i}", new byte[100]);
        await store.CommitAsync(Session, all, Cancel);
        Sql("UPDATE record SET envelope = zeroblob(77)");
        var some = new AuthPatch().ReplaceDamaged();
        for (var i = 0; i < AuthQuarantine.MaxEnvelopes; i++)
            some.Set("session", $"{i}", new byte[] { 1 });
        await store.CommitAsync(Session, some, Cancel);

        var last = new AuthPatch().Set("session", $"{AuthQuarantine.MaxEnvelopes}", new byte[] { 1 }).ReplaceDamaged();
        Assert.Equal(AuthQuarantine.MaxEnvelopes, (await Assert.ThrowsAsync<QuarantineFullException>(async () => await store.CommitAsync(Session, last, Cancel))).Envelopes);
        await store.Quarantine.DiscardAsync(Session, (await ToListAsync(store.Quarantine.ListAsync(Session, Cancel)))[0].Id, Cancel);
        await store.CommitAsync(Session, last, Cancel);

        Assert.Equal(AuthQuarantine.MaxEnvelopes, (await ToListAsync(store.Quarantine.ListAsync(Session, Cancel))).Count);
    }

    [Fact]
    public async Task Patch_OfTheQuarantinesType_IsRefused()
    {
        var (store, _, _) = _fixture.Open(withHot: false);

        var e = await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.CommitAsync(Session, new AuthPatch().Set(AuthQuarantine.Type, "x", new byte[] { 1 }), Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await store.ImportAsync(Session, Entries((AuthQuarantine.Type, "x", [1])), Cancel));

        Assert.Equal(AuthInputFault.Reserved, e.Fault);
        Assert.Null(await store.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Verify_EachFault_IsTold()
    {
        var (store, _, _) = _fixture.Open(withHot: false);
        var patch = new AuthPatch();
        foreach (var id in new[] { "changed", "cut", "foreign", "newer", "sound", "unknown-key" })
            patch.Set("session", id, new byte[100]);
        await store.CommitAsync(Session, patch, Cancel);
        Damage(new AuthKey("session", "changed"));
        Sql("UPDATE record SET envelope = substr(envelope, 1, 20) WHERE id = 'cut'");
        Sql("UPDATE record SET envelope = zeroblob(100) WHERE id = 'foreign'");
        Sql("UPDATE record SET envelope = CAST(substr(envelope, 1, 2) || x'09' || substr(envelope, 4) AS BLOB) WHERE id = 'newer'");
        Sql("UPDATE record SET envelope = CAST(substr(envelope, 1, 5) || x'0102030405060708' || substr(envelope, 14) AS BLOB) WHERE id = 'unknown-key'");

        var checks = await ToListAsync(store.VerifyAsync(Session, Cancel));

        Assert.Equal(
            [
                ("changed", EnvelopeFault.NotAuthentic, true), ("cut", EnvelopeFault.Truncated, true), ("foreign", EnvelopeFault.NotAnEnvelope, true),
                ("newer", EnvelopeFault.UnknownFormat, false), ("sound", null, false), ("unknown-key", (EnvelopeFault?)EnvelopeFault.UnknownKey, false),
            ],
            checks.Select(c => (c.Key.Id, c.Fault, c.IsDamaged)));
    }

    [Fact]
    public async Task Verify_UnderAnotherMasterKey_SaysSoOfEachRecord()
    {
        await DamagedAsync();
        _fixture.MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64();
        var (store, _, _) = _fixture.Open(withHot: false);

        var checks = await ToListAsync(store.VerifyAsync(Session, Cancel));

        Assert.Equal(3, checks.Count);
        Assert.All(checks, c => Assert.Equal((EnvelopeFault.WrongMasterKey, false), (c.Fault!.Value, c.IsDamaged)));
    }

    private async Task<HybridAuthStore> DamagedAsync(params AuthKey[] damaged)
    {
        var (store, _, _) = _fixture.Open(withHot: false);
        await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[100]).Set(B, new byte[100]).Set(AuthKey.Creds, "{}"u8.ToArray()), Cancel);
        foreach (var key in damaged)
            Damage(key);
        return store;
    }

    private void Damage(AuthKey key)
    {
        var envelope = Stored(key);
        envelope[^1] ^= 1;
        Sql($"UPDATE record SET envelope = x'{Convert.ToHexString(envelope)}' WHERE type = '{key.Type}' AND id = '{key.Id}'");
    }

    private byte[] Stored(AuthKey key)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT envelope FROM record WHERE type = '{key.Type}' AND id = '{key.Id}'";
        return (byte[])command.ExecuteScalar()!;
    }

    private void Sql(string statement)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }

    private SqliteConnection Connect()
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection($"Data Source={_fixture.Path};Pooling=False");
        connection.Open();
        return connection;
    }
}
