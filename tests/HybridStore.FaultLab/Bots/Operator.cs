using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Bots;

/// <summary>After an older database was put in place, while no bot runs: goes on with what cold has, so that each session that was further opens as rolled back.</summary>
/// <remarks>It does what <c>docs/runbook/cold-went-back.md</c> says. All sessions at once, as somebody would whose bots stand still.</remarks>
internal static class Operator
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    /// <param name="setup">The setup.</param>
    /// <param name="known">Sessions that are known to have been further, by their number; of the rest, those of which hot tells.</param>
    /// <param name="log">Where to write down what could not be mended.</param>
    public static async Task RunAsync(Setup setup, IReadOnlyCollection<int> known, HistoryLog log)
    {
        await using var store = StoreFactory.Open(setup, TimeProvider.System, log, lease: LeaseMode.Required);
        if (setup.HasHot)
            await AwaitHotAsync(store);
        await Task.WhenAll(Enumerable.Range(0, setup.Sessions).Select(index => MendAsync(store, setup.SessionAt(index), index, known.Contains(index), log)));
    }

    /// <summary>As every command of the tool does: a hot tier connects in the background, and before that it is one that is away, which tells of nothing.</summary>
    private static async Task AwaitHotAsync(HybridAuthStore store)
    {
        var patience = new Patience(Most);
        while (true)
        {
            try
            {
                await store.Outbox.ShowAsync(new AuthSessionId("lab", "hot"));
                return;
            }
            catch (StoreUnavailableException)
            {
                if (patience.IsOver())
                    return;
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static async Task MendAsync(HybridAuthStore store, AuthSessionId session, int index, bool accepts, HistoryLog log)
    {
        var patience = new Patience(Most);

        // Before a version is known it is 1, which is refused with the one that cold has.
        var version = 1L;
        while (true)
        {
            string why;
            try
            {
                if (accepts)
                {
                    log.Write(HistoryEvent.Accept, $"{index}");
                    await store.Doctor.AcceptColdAsync(session, version);
                    accepts = false;
                }

                await (await store.OpenAsync(session)).DisposeAsync();
                return;
            }
            catch (SessionNotFoundException) when (version == 0 || !accepts)
            {
                return;
            }
            catch (SessionNotFoundException)
            {
                // Cold has lost it, or nobody knows of it.
                (version, why) = (0, nameof(SessionNotFoundException));
            }
            catch (ColdWentBackException e)
            {
                (accepts, version, why) = (true, e.ColdVersion, nameof(ColdWentBackException));
            }
            catch (CommitConflictException e)
            {
                (version, why) = (e.ActualVersion, nameof(CommitConflictException));
            }
            catch (AuthStoreException e) when (e.IsTransient || e is FencedException)
            {
                // A server that has just come up, or a lease that has not run out yet.
                why = e.GetType().Name;
            }

            if (patience.IsOver())
            {
                log.Write(HistoryEvent.Wrong, $"{index} NoWayOut {why}");
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
