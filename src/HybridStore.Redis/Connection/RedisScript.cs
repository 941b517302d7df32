namespace HybridStore.Redis.Connection;

/// <summary>The scripts, each a file of <c>Scripts/</c> of the same name in lower case.</summary>
internal enum RedisScript
{
    Fill,
    Apply,
    Evict,
    Install,
    Queue,
    Adopt,
    Acknowledge,
    Renew,
    Release,
    Park,
    Discard,
    Now,
}
