namespace HybridStore.Redis;

internal sealed class RedisHotTier;
