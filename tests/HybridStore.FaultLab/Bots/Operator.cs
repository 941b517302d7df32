using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Bots;

/// <summary>After an older database was put in place: gives up what is lost, session by session, so that each opens as rolled back.</summary>
internal static class Operator
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <param name="setup">The setup.</param>
    /// <param name="all">Every session, since nothing but the processes that are gone could tell which were further; else those of which hot tells.</param>
    /// <param name="log">Where to write down what could not be mended.</param>
    public static async Task RunAsync(Setup setup, bool all, HistoryLog log)
    {
        for (var index = 0; index < setup.Sessions; index++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var given = !all;
            while (!await TryMendAsync(setup, index, given, () => given = true))
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                {
                    log.Write(HistoryEvent.Wrong, $"{index} NoWayOut");
                    break;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        }
    }

    private static async Task<bool> TryMendAsync(Setup setup, int index, bool given, Action gave)
    {
        var session = setup.SessionAt(index);

        // A store of its own each time: what it has seen of cold as it was before must not count.
        await using var store = StoreFactory.Open(setup, TimeProvider.System, lease: LeaseMode.Required);
        try
        {
            if (!given)
            {
                await store.Outbox.AbandonAsync(session);
                gave();
            }

            await (await store.OpenAsync(session)).DisposeAsync();
            return true;
        }
        catch (SessionNotFoundException)
        {
            return true;
        }
        catch (ColdWentBackException)
        {
            return await TryAbandonAsync(setup, session);
        }
        catch (AuthStoreException e) when (e.IsTransient || e is FencedException)
        {
            return false;
        }
    }

    private static async Task<bool> TryAbandonAsync(Setup setup, AuthSessionId session)
    {
        await using var store = StoreFactory.Open(setup, TimeProvider.System, lease: LeaseMode.Required);
        try
        {
            await store.Outbox.AbandonAsync(session);
        }
        catch (AuthStoreException)
        {
            // Asked again by who calls: it opens the session first.
        }

        return false;
    }
}
