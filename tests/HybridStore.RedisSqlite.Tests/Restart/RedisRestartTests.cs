using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.RedisSqlite.Tests.Restart;

/// <summary>Redis is restarted while the holder of a session lives.</summary>
public sealed class RedisRestartTests
{
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private static readonly AuthKey A = new(AuthKeyTypes.Session, "a");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheHolderLives_ItsNextCommitVouchesForHotAgain()
    {
        await using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "everysec");
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        await using var store = new HybridAuthStore(new InMemoryColdTier(), new RedisHotTier(redis.ConnectionString), options);
        await using var other = new RedisHotTier(redis.ConnectionString);
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        // Until the tier is connected, in the background, commits go to cold.
        await Eventually.TrueAsync(async () => await QueueAsync(session, 2) == CommitOutcome.Queued, "a commit that is queued");
        await AssertVouchedAsync(other);

        await redis.RestartAsync();

        await Eventually.TrueAsync(async () => await QueueAsync(session, 3) == CommitOutcome.Queued, "a commit that is queued");
        await AssertVouchedAsync(other);
    }

    private static async Task AssertVouchedAsync(RedisHotTier tier)
    {
        var read = await Eventually.AnswersAsync(() => tier.ReadAsync(Session, [], withDataKeys: false, Cancel));
        Assert.Equal(read.RunId, read.Outbox!.RunId);
    }

    private static async Task<CommitOutcome> QueueAsync(AuthSession session, byte value) =>
        (await session.CommitAsync(new AuthPatch().Set(A, new[] { value, (byte)Random.Shared.Next() }).Require(Durability.Queued), Cancel)).Outcome;
}
