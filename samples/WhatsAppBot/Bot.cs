using System.Diagnostics;
using HybridStore;
using HybridStore.Baileys;
using Microsoft.Extensions.Hosting;

namespace WhatsAppBot;

/// <summary>The bot: imports its folder once, proves after each start that its state is what it must be, and goes on where it was.</summary>
internal sealed class Bot(IAuthStateStore store, BotArguments arguments, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly AuthSessionId Session = new("demo", "reception");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            Environment.ExitCode = await RunAsync(stoppingToken) ? 0 : 1;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Console.WriteLine("stopped before it began");
        }
        catch (Exception e)
        {
            // The library's own exceptions say what to do; any other is a fault of this program, and its trace helps.
            Console.Error.WriteLine(e is AuthStoreException or InvalidDataException or IOException ? e.Message : e.ToString());
            Environment.ExitCode = 1;
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task<bool> RunAsync(CancellationToken stop)
    {
        using var acks = new AckLog(arguments.AckLog);
        // By the list, which is of what the database has: what a killed bot left in Redis is no answer yet to anybody, until the lease is taken and it is drained.
        if (!await store.ListSessionsAsync(Session.Tenant, stop).AnyAsync(s => s.Id == Session, stop))
        {
            if (arguments.Verify || acks.Last > 0)
            {
                Console.WriteLine($"FAILED: there is no session {Session}" + (acks.Last > 0 ? $", though step {acks.Last} was acknowledged" : ""));
                return false;
            }

            var import = await BaileysImporter.ImportAsync(store, Session, arguments.AuthInfo, cancellationToken: stop);
            Console.WriteLine($"imported {import.Records} records, {import.Bytes} bytes, as session {Session}");
        }

        var folder = await AuthFolder.ReadAsync(arguments.AuthInfo, stop);
        var trace = new Trace(arguments.Seed, Roster.Of(folder));
        // The lease: while this bot runs, no other one writes the session. A former life of it that was killed on this machine is not waited for.
        await using var session = await OpenAsync(stop);
        if (session.IsRolledBack)
        {
            // A person decides: pair anew, or AcknowledgeRollbackAsync and let the peers' sessions heal. Never go on as if nothing was: counters would repeat.
            Console.WriteLine("FAILED: the session was rolled back. Redis lost commits that were acknowledged as queued, or may have, while nobody was there who had them");
            return false;
        }

        using var whileHeld = CancellationTokenSource.CreateLinkedTokenSource(stop, session.LeaseLost, session.RolledBack);
        var record = await session.GetAsync(Progress.Key, stop);
        var progress = record.Exists ? Progress.FromBytes(record.Value) : Progress.None(arguments.Seed);
        if (progress.Seed != arguments.Seed)
            throw new InvalidDataException($"The session plays the trace of seed {progress.Seed}; say --seed {progress.Seed}.");

        var found = (await store.FindSessionAsync(Session, stop))!;
        if (!await ProveAsync(session, new Replay(trace, progress.Seed, progress.Step, folder), progress, found.Version, acks.Last, stop))
            return false;
        if (arguments.Verify || await PlayAsync(session, trace, progress, acks, whileHeld.Token))
            return true;
        Console.WriteLine(session.RolledBack.IsCancellationRequested
            ? "FAILED: the session went back in time while it was open"
            : "FAILED: the session was lost to another process");
        return false;
    }

    /// <summary>Takes the session; what does not answer yet, such as a Redis that is being connected to, is waited for.</summary>
    private async Task<AuthSession> OpenAsync(CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.OpenAsync(Session, stop);
            }
            catch (StoreUnavailableException) when (attempt < 60)
            {
                await Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System, stop);
            }
        }
    }

    /// <summary>Compares the store with what the trace says it must hold, and with what was acknowledged before.</summary>
    private async Task<bool> ProveAsync(AuthSession session, Replay expected, Progress progress, long version, long acknowledged, CancellationToken stop)
    {
        var faults = await expected.CompareAsync(session.EnumerateAsync(cancellationToken: stop));
        if (version != 1 + progress.Step)
            faults.Add($"the session is at version {version}, not {1 + progress.Step}");
        if (acknowledged > progress.Step)
            faults.Add($"step {acknowledged} was acknowledged and is lost");

        var verb = arguments.Verify ? "stands" : progress.Step == 0 ? "begins" : "resumed";
        var at = $"{verb} at step {progress.Step} (version {version}); {expected.Count} records compared";
        if (faults.Count > 0)
        {
            Console.WriteLine($"FAILED: {at}, and this is wrong:\n  {string.Join("\n  ", faults.Order(StringComparer.Ordinal))}");
            return false;
        }

        Console.WriteLine($"{at}, all equal" + (arguments.AckLog is null ? "" : $"; the last acknowledged step was {acknowledged}"));
        return true;
    }

    /// <summary>Plays on to the end, or until it is stopped.</summary>
    /// <returns>Whether the session was held all the time.</returns>
    private async Task<bool> PlayAsync(AuthSession session, Trace trace, Progress progress, AckLog acks, CancellationToken stop)
    {
        var statistics = new Statistics();
        try
        {
            while (progress.Step < arguments.Steps)
                progress = await PlayAsync(session, trace.StepAt(progress.Step + 1), progress, acks, statistics, stop);
            Console.WriteLine($"finished at step {progress.Step}");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A commit that has begun is brought to its end, so there is nothing half done to put right.
            if (session.HoldsLease)
                Console.WriteLine("stopped as asked");
        }

        statistics.Print(Console.Out);
        return session.HoldsLease && !session.RolledBack.IsCancellationRequested;
    }

    private static async Task<Progress> PlayAsync(
        AuthSession session, Step step, Progress before, AckLog acks, Statistics statistics, CancellationToken stop)
    {
        var read = new Dictionary<AuthKey, ReadOnlyMemory<byte>>();
        foreach (var key in step.Reads)
        {
            var asked = Stopwatch.GetTimestamp();
            var record = await session.GetAsync(key, stop);
            statistics.Get(step.Kind, asked);
            if (record.Exists)
                read.Add(key, record.Value);
        }

        var patch = step.MakePatch(read, before, out var after);
        var begun = Stopwatch.GetTimestamp();
        var receipt = await CommitAsync(session, patch, stop);
        statistics.Commit(step.Kind, begun);
        acks.Write(step.Number, receipt.Version, receipt.Outcome == CommitOutcome.Queued);
        return after;
    }

    private static async Task<CommitReceipt> CommitAsync(AuthSession session, AuthPatch patch, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await session.CommitAsync(patch, stop);
            }
            catch (AuthStoreException e) when (e.IsTransient && attempt < 5)
            {
                // The same patch again is harmless, whether or not it was kept the first time: its commit id is known.
                await Task.Delay(TimeSpan.FromSeconds(attempt), TimeProvider.System, stop);
            }
        }
    }
}
