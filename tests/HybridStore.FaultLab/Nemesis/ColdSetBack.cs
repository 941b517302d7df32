using System.Globalization;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>An older database is put in place, and the operator sees to it.</summary>
/// <remarks>
/// Where hot remembers how far cold was, bots run on meanwhile, and the store must refuse by itself; then they are stopped, and the operator goes on with what cold has of the
/// sessions that they, or hot, told of. Where nothing but the bots' own memory does, the operator does as a person would: stops the bots, restores, does so for every session,
/// and starts them again.
/// </remarks>
internal static class ColdSetBack
{
    public static async Task StrikeAsync(Lab lab, Random random)
    {
        Setup[] setups = [.. lab.Setups.Where(static s => s.PostgreSql is not null)];
        Setup[] unaware = [.. setups.Where(static s => s.Redis is null || s.Lease == LeaseMode.Off)];
        Setup[] aware = [.. setups.Except(unaware)];

        // Before it is stopped: what is acknowledged from here on may be in the copy, or not.
        lab.Note(HistoryEvent.ColdCopied, "cold", setups);
        await lab.PostgreSql.CopyAsync();
        await Wait.SomeAsync(random, 2000, 6000);

        // Whose hot is away, and whose holder dies, has nobody left who could tell. So nothing else fails from here on, and hot has the time to learn what it missed.
        using var quiet = await lab.QuietAsync(Lane.Bots, Lane.Ways);
        await Wait.SomeAsync(random, 3000, 4000);
        await WithoutBotsAsync(lab, unaware, async stopped =>
        {
            var since = 0L;
            await lab.PostgreSql.SetBackAsync(() =>
            {
                lab.Note(HistoryEvent.ColdSetBack, "cold", setups);
                since = HistoryLog.Now;
            });
            await Task.WhenAll(stopped.Select(s => OperateAsync(lab, s, Enumerable.Range(0, s.Sessions))).Append(MendAwareAsync(lab, aware, since, random)));
        });
    }

    /// <summary>The operator, while the setup's bots are stopped.</summary>
    /// <param name="lab">The laboratory.</param>
    /// <param name="setup">The setup.</param>
    /// <param name="known">Sessions that are known to have been further.</param>
    public static Task OperateAsync(Lab lab, Setup setup, IEnumerable<int> known) =>
        lab.RunAsync("operate", setup, string.Join(',', known.Select(static i => i.ToString(CultureInfo.InvariantCulture))));

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

    private static async Task MendAwareAsync(Lab lab, IReadOnlyList<Setup> aware, long since, Random random)
    {
        await Wait.SomeAsync(random, 1000, 3000);
        await WithoutBotsAsync(lab, aware, stopped => Task.WhenAll(stopped.Select(s => OperateAsync(lab, s, Told(lab, s, since)))));
    }

    /// <summary>The sessions of which the bots' logs say that cold went back, as whoever is called for it would see them.</summary>
    private static IEnumerable<int> Told(Lab lab, Setup setup, long since) =>
        lab.Bots.Where(b => b.Setup == setup)
            .Select(static b => b.Histories[^1].Path)
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Where(static line => line.Contains($" {HistoryEvent.WentBack} ", StringComparison.Ordinal))
            .Select(static line => HistoryEvent.TryParse(line, out var parsed) ? parsed : default)
            .Where(e => e.Kind == HistoryEvent.WentBack && e.Time > since)
            .Select(static e => e.Int(0))
            .Distinct();
}
