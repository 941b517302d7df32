using System.Text.Json.Nodes;
using HybridStore.Codec;
using HybridStore.InMemory;

namespace HybridStore.Baileys.Tests;

public sealed class PrefetchReconnectTests : IAsyncDisposable
{
    private static readonly AuthSessionId Session = new("clinic-7", "reception");

    private readonly ReadCounter _cold;
    private readonly HybridAuthStore _store;

    public PrefetchReconnectTests()
    {
        using var key = MasterKey.Generate();
        (var cold, _cold) = ReadCounter.Of(new InMemoryColdTier());
        _store = new HybridAuthStore(cold, hot: null, new HybridAuthStoreOptions { Encryption = { MasterKey = key.ToBase64() } });
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task PrefetchReconnectAsync_SampleState_TakesTwoReadsForAllThatAConnectReads()
    {
        await BaileysImporter.ImportAsync(_store, Session, SampleState.Folder, cancellationToken: Ct);
        await using var session = await _store.OpenAsync(Session, Ct);
        var before = _cold.Reads;

        var credentials = await session.PrefetchReconnectAsync(Ct);

        Assert.Equal(2, _cold.Reads - before);
        Assert.True(credentials.Exists);

        // As the real library asks for it: one by one.
        AuthKey[] asked =
        [
            AuthKey.Creds,
            new(AuthKeyTypes.PreKey, "50"),
            new(AuthKeyTypes.AppStateSyncVersion, "critical_block"),
            new(AuthKeyTypes.AppStateSyncVersion, "critical_unblock_low"),
            new(AuthKeyTypes.AppStateSyncVersion, "regular_high"),
            new(AuthKeyTypes.AppStateSyncVersion, "regular_low"),
            new(AuthKeyTypes.AppStateSyncVersion, "regular"),
            new(AuthKeyTypes.AppStateSyncKey, "YckgJsHI"),
            new(AuthKeyTypes.TcToken, "__index"),
            new(AuthKeyTypes.DeviceList, "5511900000001"),
            new(AuthKeyTypes.DeviceList, "99900000000001"),
            new(AuthKeyTypes.LidMapping, "5511900000001"),
            new(AuthKeyTypes.LidMapping, "99900000000001_reverse"),
            new(AuthKeyTypes.Session, "5511900000001.0"),
            new(AuthKeyTypes.Session, "99900000000001_1.0"),
        ];
        var found = 0;
        foreach (var key in asked)
            found += (await session.GetAsync(key, Ct)).Exists ? 1 : 0;
        Assert.Equal(2, _cold.Reads - before);

        // The credentials, the five versions and the last pre-key; the sample's account has not written the others, and their absence is held too.
        Assert.Equal(7, found);
    }

    [Fact]
    public async Task PrefetchReconnectAsync_NoCredentials_ReadsNothingElse()
    {
        await using var session = await _store.OpenAsync(Session, Ct);
        var before = _cold.Reads;

        Assert.False((await session.PrefetchReconnectAsync(Ct)).Exists);

        Assert.InRange(_cold.Reads - before, 0, 1);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    [InlineData("""{"me":null,"nextPreKeyId":"51","myAppStateKeyId":7}""")]
    [InlineData("""{"me":{"id":"nobody","lid":""},"nextPreKeyId":1,"myAppStateKeyId":""}""")]
    [InlineData("""{"me":{"id":"@s.whatsapp.net","lid":7},"nextPreKeyId":1.5}""")]
    public async Task PrefetchReconnectAsync_CredentialsThatTellNothing_StillHasTheVersionsAndTheIndex(string credentials)
    {
        await using var session = await _store.OpenAsync(Session, Ct);
        await session.CommitAsync(new AuthPatch().Set(AuthKey.Creds, System.Text.Encoding.UTF8.GetBytes(credentials)).Set(AuthKeyTypes.TcToken, "__index", "[]"u8.ToArray()), Ct);

        Assert.True((await session.PrefetchReconnectAsync(Ct)).Exists);
        var before = _cold.Reads;

        Assert.True((await session.GetAsync(AuthKeyTypes.TcToken, "__index", Ct)).Exists);
        Assert.False((await session.GetAsync(AuthKeyTypes.AppStateSyncVersion, "regular", Ct)).Exists);
        Assert.Equal(before, _cold.Reads);
    }

    [Theory]
    [InlineData("5511900000001@s.whatsapp.net", "5511900000001.0")]
    [InlineData("5511900000001:99@hosted", "5511900000001_128.0")]
    [InlineData("99900000000001_1:3@lid", "99900000000001_1.0")]
    [InlineData("99900000000001:3@hosted.lid", "99900000000001_129.0")]
    public void Of_OwnAddress_IsThePhonesSession(string jid, string expected)
    {
        var credentials = new JsonObject { ["me"] = new JsonObject { ["id"] = jid } };

        var keys = ReconnectRecords.Of(System.Text.Encoding.UTF8.GetBytes(credentials.ToJsonString()));

        Assert.Equal(expected, Assert.Single(keys, k => k.Type == AuthKeyTypes.Session).Id);
    }
}
