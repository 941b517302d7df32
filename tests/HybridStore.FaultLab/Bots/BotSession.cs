using HybridStore.FaultLab.History;

namespace HybridStore.FaultLab.Bots;

/// <summary>What a bot does with a session from when it has opened it until it lets it go, or loses it.</summary>
internal sealed class BotSession(Bot bot, int index, Random random)
{
    private readonly HistoryLog _log = bot.Log;

    public async Task RunAsync()
    {
        var asked = HistoryLog.Now;
        var session = await bot.Store.OpenAsync(bot.Setup.SessionAt(index), bot.Stopped);
        _log.Write(HistoryEvent.Open, $"{index} {asked} {session.Epoch} {(session.IsRolledBack ? 1 : 0)}");
        try
        {
            await WorkAsync(session);
        }
        finally
        {
            try
            {
                await session.DisposeAsync();
                _log.Write(HistoryEvent.Close, $"{index} closed");
            }
            catch (AuthStoreException e)
            {
                _log.Write(HistoryEvent.Close, $"{index} {e.GetType().Name}");
            }
        }
    }

    private async Task WorkAsync(AuthSession session)
    {
        if (session.IsRolledBack)
            await session.AcknowledgeRollbackAsync(bot.Stopped);

        var until = HistoryLog.Now + ((long)random.Next(2_000, 15_000) * 1_000_000);
        while (HistoryLog.Now < until && !bot.Stopped.IsCancellationRequested && !session.LeaseLost.IsCancellationRequested)
        {
            if (session.IsRolledBack)
                return;
            try
            {
                if (random.Next(100) < 80)
                    await CommitAsync(session);
                else
                    await bot.ReadAsync(index, session.Epoch == 0 ? 'O' : 'H', keys => session.GetManyAsync(keys, bot.Stopped), random);
            }
            catch (AuthStoreException e) when (e.IsTransient)
            {
                await bot.RestAsync(bot.Setup.Pace);
            }

            await bot.RestAsync(random.Next(bot.Setup.Pace * 2));
        }
    }

    /// <summary>Commits, and repeats while the outcome is unknown, as long as that can be told.</summary>
    public async Task CommitAsync(AuthSession session)
    {
        var commit = new CommitName(bot.Writer, bot.NextNumber());
        int[] registers = random.Next(3) == 0 ? [random.Next(Register.Head), random.Next(Register.Head), Register.Head] : [random.Next(Register.Head), Register.Head];
        registers = [.. registers.Distinct()];
        var patch = new AuthPatch();
        foreach (var register in registers)
            Register.All[register].Write(patch, index, commit);
        var chance = random.Next(100);
        if (chance < bot.Setup.QueuedShare)
            patch.Require(Durability.Queued);
        else if (chance < bot.Setup.QueuedShare + bot.Setup.PersistedShare)
            patch.Require(Durability.Persisted);

        _log.Write(HistoryEvent.Ask, $"{index} {commit.Number} {session.Epoch} {string.Join(' ', registers)}");
        var isUnknown = false;
        while (true)
        {
            try
            {
                var receipt = await session.CommitAsync(patch, CancellationToken.None);
                _log.Write(
                    HistoryEvent.Receipt,
                    $"{commit.Number} {receipt.Incarnation} {receipt.Version} {(receipt.Outcome == CommitOutcome.Queued ? 'Q' : 'P')} {(receipt.IsRepeat ? 1 : 0)}");
                return;
            }
            catch (CommitOutcomeUnknownException) when (!bot.Stopped.IsCancellationRequested)
            {
                isUnknown = true;
            }
            catch (StoreUnavailableException) when (isUnknown && !bot.Stopped.IsCancellationRequested && !session.LeaseLost.IsCancellationRequested)
            {
                // Asked again: what is unknown may only be known by a repeat.
            }
            catch (AuthStoreException e)
            {
                _log.Write(HistoryEvent.Failure, $"{commit.Number} {(isUnknown || e is CommitOutcomeUnknownException ? 'U' : 'N')} {e.GetType().Name}");
                throw;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(bot.Setup.Pace), TimeProvider.System);
        }
    }
}
