using HybridStore.InMemory;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridStore.DependencyInjection;

/// <summary>Collects the choice of tiers and makes the store from it.</summary>
internal sealed class HybridAuthStoreBuilder(IServiceCollection services, object? serviceKey, string optionsName) : IHybridAuthStoreBuilder
{
    private Func<IServiceProvider, IColdTier>? _cold;
    private Func<IServiceProvider, IHotTier?>? _hot;

    public IServiceCollection Services { get; } = services;

    public object? ServiceKey { get; } = serviceKey;

    public string OptionsName { get; } = optionsName;

    public IHybridAuthStoreBuilder UseColdTier(Func<IServiceProvider, IColdTier> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (_cold is not null)
            throw new InvalidOperationException("Two cold tiers were chosen for one store. Choose one; register a second store with AddKeyedHybridAuthStore.");
        _cold = create;
        return this;
    }

    public IHybridAuthStoreBuilder UseHotTier(Func<IServiceProvider, IHotTier?> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (_hot is not null)
            throw new InvalidOperationException("Two hot tiers were chosen for one store. Choose one; register a second store with AddKeyedHybridAuthStore.");
        _hot = create;
        return this;
    }

    public HybridAuthStore Build(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<HybridAuthStoreOptions>>().Get(OptionsName);
        var log = new TierChoiceLog(provider);
        var cold = _cold is not null ? _cold(provider) : FromConfiguration(log.Cold(TierChoice.Cold(options)), provider);
        var hot = _hot is not null ? _hot(provider) : NamedHotTier.Create(log.Hot(TierChoice.Hot(options)), options, provider);
        return new HybridAuthStore(
            cold, hot, options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<HybridAuthStore>>());
    }

    private static IColdTier FromConfiguration(TierChoice choice, IServiceProvider provider)
    {
        if (!ColdTierUri.TryParse(choice.Uri, out var uri))
            throw new InvalidOperationException($"{choice.Source} is not of the form scheme:rest.");
        var factories = provider.GetServices<IColdTierFactory>().ToList();
        foreach (var referenced in ReferencedColdTiers.Find())
        {
            if (factories.TrueForAll(f => f.Scheme != referenced.Scheme))
                factories.Add(referenced);
        }

        if (factories.TrueForAll(static f => f.Scheme != "memory"))
            factories.Add(new InMemoryColdTierFactory());
        return factories.Find(f => TierChoice.Makes(f.Scheme, uri.Scheme))?.Create(uri, provider)
            ?? throw new InvalidOperationException(
                $"There is no cold tier for the scheme '{uri.Scheme}' that {choice.Source} names (there are: {string.Join(", ", factories.Select(f => f.Scheme))}). "
                + $"Reference the package of that tier{(ReferencedColdTiers.PackageOf(uri.Scheme) is { } package ? $", {package}" : "")}, or choose another with HYBRIDSTORE_COLD or HybridAuthStoreOptions.Cold.");
    }
}
