using HybridStore.FaultLab.Servers;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>What happens to bots.</summary>
internal static class BotFaults
{
    public static IEnumerable<Fault> Of(Lab lab)
    {
        yield return new Fault("botKilled", Lane.Bots, random => WithAsync(lab, random, async bot =>
        {
            await bot.KillAsync();
            bot.Start();
        }), Weight: 6);
        yield return new Fault("botsKilledTogether", Lane.Bots, random => KillAllAsync(lab, random), Weight: 2);
        yield return new Fault("botPaused", Lane.Bots, random => WithAsync(lab, random, async bot =>
        {
            // Longer than a lease, more often than not.
            bot.Pause(true);
            await Wait.SomeAsync(random, 500, 6000);
            bot.Pause(false);
        }), Weight: 4);
        yield return new Fault("botStopped", Lane.Bots, random => WithAsync(lab, random, async bot =>
        {
            await bot.StopAsync();
            bot.Start();
        }), Weight: 2);
        if (lab.Setups.Exists(static s => s.SkewsClocks))
        {
            yield return new Fault("clockJumped", Lane.Bots, random => WithAsync(lab, random, static b => b.Setup.SkewsClocks, bot =>
            {
                bot.Say(FormattableString.Invariant($"clock {random.Next(-180, 180)}"));
                return Task.CompletedTask;
            }), Weight: 3);
        }
    }

    private static Task WithAsync(Lab lab, Random random, Func<BotProcess, Task> strike) => WithAsync(lab, random, static _ => true, strike);

    private static async Task WithAsync(Lab lab, Random random, Func<BotProcess, bool> may, Func<BotProcess, Task> strike)
    {
        BotProcess[] bots = [.. lab.Bots.Where(may)];
        var bot = bots[random.Next(bots.Length)];
        await bot.Turn.WaitAsync();
        try
        {
            await strike(bot);
        }
        finally
        {
            bot.Turn.Release();
        }
    }

    private static async Task KillAllAsync(Lab lab, Random random)
    {
        var setup = lab.Setups[random.Next(lab.Setups.Count)];
        foreach (var bot in lab.Bots.Where(b => b.Setup == setup))
        {
            await bot.Turn.WaitAsync();
            try
            {
                await bot.KillAsync();
                bot.Start();
            }
            finally
            {
                bot.Turn.Release();
            }
        }
    }
}
