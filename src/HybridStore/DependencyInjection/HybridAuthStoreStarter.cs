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
            await store.CheckAuditAsync(cancellationToken).ConfigureAwait(false);
            await store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.ColdUnavailableAtStart((ILogger?)logger ?? NullLogger.Instance, e, e.Tier);
        }
    }

    // What is queued by bots that have not closed their sessions yet; what remains then is drained when the store is disposed of, or by whoever comes next.
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var remains = await store.DrainAsync(cancellationToken).ConfigureAwait(false);
        if (remains.Entries > 0)
            Log.OutboxRemains((ILogger?)logger ?? NullLogger.Instance, remains.Sessions, remains.Entries, remains.Bytes);
    }
}
