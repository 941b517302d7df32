using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>An older database is put in place, and the operator sees to it.</summary>
/// <remarks>
/// Where hot remembers how far cold was, bots run on meanwhile, and the store must refuse by itself. Where nothing but the bots' own memory does, the operator does as a person
/// would: stops the bots, restores, gives up what is lost, and starts them again.
/// </remarks>
internal static class ColdSetBack
{
    public static async Task StrikeAsync(Lab lab, Random random)
    {
        Setup[] setups = [.. lab.Setups.Where(static s => s.PostgreSql is not null)];
        if (setups.Length == 0)
            return;

        // Before it is stopped: what is acknowledged from here on may be in the copy, or not.
        lab.Note(HistoryEvent.ColdCopied, "cold", setups);
        await lab.PostgreSql.CopyAsync();
        await Wait.SomeAsync(random, 2000, 6000);
        await WithoutBotsAsync(lab, [.. setups.Where(static s => s.Redis is null || s.Lease == LeaseMode.Off)], async stopped =>
        {
            lab.Note(HistoryEvent.ColdSetBack, "cold", setups);
            await lab.PostgreSql.SetBackAsync();
            await Task.WhenAll(stopped.Select(s => lab.RunAsync("operate", s, "all")));
        });
        await Task.WhenAll(setups.Where(static s => s.Redis is not null && s.Lease != LeaseMode.Off).Select(s => lab.RunAsync("operate", s, "some")));
    }

    /// <summary>Does something while no bot of some setups runs.</summary>
    public static async Task WithoutBotsAsync(Lab lab, IReadOnlyList<Setup> setups, Func<IReadOnlyList<Setup>, Task> work)
    {
        BotProcess[] bots = [.. lab.Bots.Where(b => setups.Contains(b.Setup))];
        foreach (var bot in bots)
            await bot.Turn.WaitAsync();
        try
        {
            await Task.WhenAll(bots.Select(static b => b.StopAsync()));
            await work(setups);
            foreach (var bot in bots)
                bot.Start();
        }
        finally
        {
            foreach (var bot in bots)
                bot.Turn.Release();
        }
    }
}
