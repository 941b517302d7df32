using HybridStore.Conformance.Stores;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>The store over Redis alone.</summary>
public sealed class RedisOnlyStoreFixture : HybridAuthStoreFixture
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private int _opened;

    protected override IAsyncEnumerable<StoreDump> DumpAsync() => _opened > 0 ? SharedServer.DumpAsync(_prefix) : base.DumpAsync();

    protected override async ValueTask<IColdTier> OpenColdAsync()
    {
        var options = new RedisColdTierOptions { KeyPrefix = _prefix, OperationTimeout = TimeSpan.FromMinutes(1) };
        return new RedisColdTier(await SharedServer.ConnectAsync(_opened++), options, timeProvider: null, Watch.Logger<RedisColdTier>(), Clock);
    }
}
