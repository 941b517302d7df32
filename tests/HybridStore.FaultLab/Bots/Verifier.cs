using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Bots;

/// <summary>Before and after the faults. When all are healed it opens every session, which drains it, and reads all of it; then the same from cold alone.</summary>
internal static class Verifier
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(2);

    /// <summary>Before anything fails: gives every session its first commit, so that no copy of cold is from before it existed.</summary>
    public static async Task PrepareAsync(Setup setup, int writer, HistoryLog log)
    {
        await using var bot = new Bot(setup, writer, seed: 1, TimeSpan.Zero, log);
        await using var store = StoreFactory.Open(setup, TimeProvider.System, log);
        for (var index = 0; index < setup.Sessions; index++)
            await UntilDoneAsync(log, index, () => BeginAsync(bot, store, index));
    }

    public static async Task RunAsync(Setup setup, int writer, HistoryLog log)
    {
        await using var reader = new Bot(setup, writer, seed: 1, TimeSpan.Zero, log);
        await using (var store = StoreFactory.Open(setup, TimeProvider.System, log, lease: LeaseMode.Required))
        {
            for (var index = 0; index < setup.Sessions; index++)
                await UntilDoneAsync(log, index, () => ReadWholeAsync(reader, store, index));
        }

        await using var cold = StoreFactory.Open(setup, TimeProvider.System, log, coldOnly: true, lease: LeaseMode.Off);
        for (var index = 0; index < setup.Sessions; index++)
            await UntilDoneAsync(log, index, () => reader.ReadAsync(index, 'F', keys => cold.GetManyAsync(setup.SessionAt(index), keys), Random.Shared, all: true));
    }

    private static async Task BeginAsync(Bot bot, HybridAuthStore store, int index)
    {
        await using var session = await store.OpenAsync(bot.Setup.SessionAt(index));
        await new BotSession(bot, index, new Random(index)).CommitAsync(session);
    }

    private static async Task ReadWholeAsync(Bot reader, HybridAuthStore store, int index)
    {
        var asked = HistoryLog.Now;
        await using var session = await store.OpenAsync(reader.Setup.SessionAt(index));
        reader.Log.Write(HistoryEvent.Open, $"{index} {asked} {session.Epoch} {(session.IsRolledBack ? 1 : 0)}");
        if (session.IsRolledBack)
            await session.AcknowledgeRollbackAsync();
        await reader.ReadAsync(index, 'F', keys => session.GetManyAsync(keys), Random.Shared, all: true);
    }

    private static async Task UntilDoneAsync(HistoryLog log, int index, Func<Task> work)
    {
        var patience = new Patience(Most);
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (AuthStoreException e) when ((e.IsTransient || e is FencedException) && !patience.IsOver())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
            catch (AuthStoreException e)
            {
                log.Write(HistoryEvent.Wrong, $"{index} NotNormalAtTheEnd {e.GetType().Name}");
                return;
            }
        }
    }
}
