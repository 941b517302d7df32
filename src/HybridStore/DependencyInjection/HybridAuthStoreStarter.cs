using HybridStore.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.DependencyInjection;

/// <summary>Opens the store with the host: what can't work stops the start, what only does not answer yet does not.</summary>
internal sealed class HybridAuthStoreStarter(HybridAuthStore store, ILogger<HybridAuthStore>? logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.ColdUnavailableAtStart((ILogger?)logger ?? NullLogger.Instance, e, e.Tier);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
