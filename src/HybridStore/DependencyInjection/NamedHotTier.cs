using HybridStore.InMemory;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.DependencyInjection;

/// <summary>Makes the hot tier that configuration names.</summary>
internal static class NamedHotTier
{
    private const string RedisFactory = "HybridStore.Redis.RedisHotTierFactory, HybridStore.Redis";

    public static IHotTier? Create(TierChoice choice, HybridAuthStoreOptions options, IServiceProvider provider)
    {
        if (choice.Uri is null)
            return new InMemoryHotTier(options.HotMemoryBytes);
        if (!HotTierUri.TryParse(choice.Uri, out var uri))
            throw new InvalidOperationException($"{choice.Source} is not of the form scheme:rest.");
        if (uri.Scheme == HotTierUri.None)
            return null;
        if (uri.Scheme == HotTierUri.Memory)
            return new InMemoryHotTier(options.HotMemoryBytes);

        var factories = provider.GetServices<IHotTierFactory>().ToList();
        if (FindRedis() is { } redis && factories.TrueForAll(f => f.Scheme != redis.Scheme))
            factories.Add(redis);
        return factories.Find(f => TierChoice.Makes(f.Scheme, uri.Scheme))?.Create(uri, provider)
            ?? throw new InvalidOperationException(
                $"There is no hot tier for the scheme '{uri.Scheme}' that {choice.Source} names (there are: {string.Join(", ", ((string[])[HotTierUri.Memory, HotTierUri.None]).Concat(factories.Select(f => f.Scheme)))}). "
                + "Reference the package of that tier (HybridStore.Redis for 'redis'), or choose another with HYBRIDSTORE_HOT or HybridAuthStoreOptions.Hot.");
    }

    /// <summary>By its name, as the embedded cold tier is: a constant, which the trimmer and the AOT compiler follow.</summary>
    private static IHotTierFactory? FindRedis() =>
        Type.GetType(RedisFactory) is { } type ? (IHotTierFactory?)Activator.CreateInstance(type) : null;
}
