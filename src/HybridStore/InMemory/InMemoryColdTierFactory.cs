using HybridStore.DependencyInjection;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.InMemory;

/// <summary>Makes the cold tier of <c>memory:volatile</c>. The word must be written out, so that nobody loses sessions by a short name.</summary>
internal sealed class InMemoryColdTierFactory : IColdTierFactory
{
    public string Scheme => "memory";

    public IColdTier Create(ColdTierUri uri, IServiceProvider services) => uri.Rest == "volatile"
        ? new InMemoryColdTier(services.GetService<TimeProvider>())
        : throw new InvalidOperationException("The cold tier in memory is called memory:volatile, since all sessions are lost when the process ends.");
}
