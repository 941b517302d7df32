using System.Collections.Immutable;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>What happens to the processes and tiers of a run while its clients are at work: time, outages, kills, and what hot does to what it was given.</summary>
internal sealed class SimWeather(
    SimShape shape, SimScheduler scheduler, ManualClock time, SimHistory history, SimHotServer hot, InMemoryColdTier cold, SimPoison poison, List<SimProcess> processes, AuthSessionId[] sessions, Action start)
{
    private const int MostKills = 2;

    private ModelHotSnapshot? _snapshot;
    private IReadOnlySet<SimPoint> _inSnapshot = new HashSet<SimPoint>();
    private readonly Queue<Func<bool>> _storm = new();
    private readonly List<(SimProcess Process, Task Task)> _stops = [];
    private ImmutableSortedDictionary<AuthSessionId, ColdMemorySession>? _copy;
    private int _kills;
    private bool _wentBack;

    /// <summary>Whether a process is being stopped: in its place another may be started, with clients of its own.</summary>
    public bool IsStopping => _stops.Exists(static s => !s.Task.IsCompleted && !s.Process.IsKilled);

    /// <summary>Nobody can do anything until this does something.</summary>
    public void Idle()
    {
        var paused = processes.Where(static p => p.IsPaused).ToList();
        if (paused.Count > 0)
            Resume(scheduler.Pick(paused));
        else
            Pass(TimeSpan.FromSeconds(1));
    }

    /// <summary>Something happens.</summary>
    public void Change()
    {
        if (shape.Hot == SimHot.Shared && scheduler.Chance(0.1) && shape.HotFaults != SimFaults.None)
        {
            scheduler.Note(null, "hot restarts");
            hot.Restart();
        }

        if (shape.ColdGoesBack && !_wentBack && scheduler.Chance(0.3))
        {
            SetBack();
            return;
        }

        if (shape.Clocks && scheduler.Chance(0.2))
        {
            var whose = scheduler.Pick(processes);
            var by = TimeSpan.FromSeconds(scheduler.Random.Next(-360, 360));
            scheduler.Note(whose, $"its clock is set by {by}");
            whose.Time.SetClock(by);
            return;
        }

        if (shape.Poison && scheduler.Chance(0.1))
        {
            scheduler.Note(null, "cold is mended");
            poison.Clear();
        }

        if (_storm.TryPeek(out var next))
        {
            if (next())
                _storm.Dequeue();
            return;
        }

        if (shape is { Outages: true, Lies: SimLies.Losses } && hot.Model is not null && scheduler.Chance(shape.Storms))
        {
            Brew();
            return;
        }

        if (hot.Model is { } model && scheduler.Chance(0.4))
        {
            if (scheduler.Chance(0.5))
                Harm(model);
            else if (shape.Outages)
                TurnOver();
            return;
        }

        if (hot.Model is null && shape.Outages && scheduler.Chance(0.2))
        {
            TurnOver();
            return;
        }

        if (!shape.Pauses || scheduler.Chance(0.5))
        {
            Pass(TimeSpan.FromMilliseconds(scheduler.Random.Next(700)));
            return;
        }

        var process = scheduler.Pick(processes);
        if (process.IsPaused)
        {
            Resume(process);
        }
        else if (scheduler.Chance(0.5))
        {
            scheduler.Note(process, "stands still");
            process.IsPaused = true;
        }

        Pass(TimeSpan.FromSeconds(scheduler.Random.Next(hot.Model is null ? 20 : 6)));
    }

    /// <summary>From here on everything works.</summary>
    public void Clear()
    {
        hot.IsDown = hot.IsFull = false;
        poison.Clear();
        foreach (var process in processes)
        {
            process.Cold.IsDown = process.Cold.IsFull = false;
            process.Cold.Faults = SimFaults.None;
            if (process.Hot is { } connection)
                (connection.IsDown, connection.Faults) = (false, SimFaults.None);
            if (process.IsPaused)
                Resume(process);
        }
    }

    public void Pass(TimeSpan by)
    {
        scheduler.Note(null, $"{by} pass");
        time.Advance(by);
        foreach (var process in processes.ToList())
        {
            if (process.IsPaused)
                process.Time.Pause(by);
            else
                process.Time.Advance(by);
        }
    }

    private void Resume(SimProcess process)
    {
        scheduler.Note(process, "goes on");
        process.IsPaused = false;
        process.Time.Advance(TimeSpan.Zero);
    }

    private void TurnOver()
    {
        switch (scheduler.Random.Next(11))
        {
            case 0:
                hot.IsDown = !hot.IsDown;
                scheduler.Note(null, hot.IsDown ? "hot is down" : "hot is up");
                break;

            case 1:
                var isDown = !processes.TrueForAll(static p => p.Cold.IsDown);
                processes.ForEach(p => p.Cold.IsDown = isDown);
                scheduler.Note(null, isDown ? "cold is down" : "cold is up");
                break;

            case 2 or 3:
                var process = scheduler.Pick(processes);
                process.Cold.IsDown = !process.Cold.IsDown;
                scheduler.Note(process, process.Cold.IsDown ? "reaches cold no more" : "reaches cold again");
                break;

            case 4 when _kills < MostKills && processes.Count > 1:
                Kill(scheduler.Pick(processes));
                break;

            case 6 when scheduler.Pick(processes) is { Hot: { } connection } other:
                connection.IsDown = !connection.IsDown;
                scheduler.Note(other, connection.IsDown ? "reaches hot no more" : "reaches hot again");
                break;

            case 7:
                hot.IsFull = !hot.IsFull;
                scheduler.Note(null, hot.IsFull ? "hot is full" : "hot has room");
                break;

            case 8:
                var isFull = !processes.TrueForAll(static p => p.Cold.IsFull);
                processes.ForEach(p => p.Cold.IsFull = isFull);
                scheduler.Note(null, isFull ? "cold is full" : "cold has room");
                break;

            case 9 when _kills < MostKills && processes.Count > 1:
                Stop(scheduler.Pick(processes));
                break;
        }
    }

    /// <summary>
    /// What seldom comes together by itself: a holder is cut from cold and queues, hot loses it all, the holder heals hot, and dies before it reaches cold. Each
    /// step waits for the one before, for a while.
    /// </summary>
    private void Brew()
    {
        var held = processes.SelectMany(static p => p.Handles.Where(static h => h.Value.HoldsLease).Select(h => (Process: p, Session: h.Key))).ToList();
        if (held.Count == 0)
            return;
        var (process, session) = scheduler.Pick(held);
        scheduler.Note(process, "reaches cold no more, in a storm");
        process.Cold.IsDown = true;
        _storm.Enqueue(Until(() => OutboxOf(session) is { IsEmpty: false }));
        _storm.Enqueue(() =>
        {
            scheduler.Note(null, "hot is emptied");
            hot.Flush();
            history.HotLied(new HashSet<SimPoint>());
            return true;
        });
        _storm.Enqueue(Until(() => OutboxOf(session) is { Incarnation: not 0 } state && state.RunId == hot.Model!.RunId));
        _storm.Enqueue(() =>
        {
            if (_kills < MostKills && processes.Count > 1 && processes.Contains(process))
                Kill(process);
            return true;
        });
    }

    private Func<bool> Until(Func<bool> condition)
    {
        var left = 20;
        return () =>
        {
            if (condition() || --left == 0)
                return true;
            Pass(TimeSpan.FromMilliseconds(scheduler.Random.Next(400)));
            return false;
        };
    }

    private HotOutboxState? OutboxOf(AuthSessionId session) =>
        hot.Model!.Connect().ReadAsync(session, [], false, CancellationToken.None).AsTask().GetAwaiter().GetResult().Outbox;

    private void SetBack()
    {
        if (_copy is null || scheduler.Chance(0.5))
        {
            scheduler.Note(null, "cold is copied");
            _copy = cold.Content;
            return;
        }

        scheduler.Note(null, "cold goes back");
        _wentBack = true;
        var before = cold.Content;
        cold.Content = _copy;
        foreach (var session in sessions)
        {
            var copied = _copy.GetValueOrDefault(session);
            history.ColdWentBack(session, copied?.HeadIfExists, (copied?.Epoch ?? 0, before.GetValueOrDefault(session)?.Epoch ?? 0));
        }
    }

    private void Stop(SimProcess process) => _stops.Add((process, StopAsync(process)));

    /// <summary>Ends a process in order, in the middle of what its clients do: it gives back what it holds, as well as that can be done, and is gone.</summary>
    private async Task StopAsync(SimProcess process)
    {
        scheduler.Note(process, "is stopped");
        _kills++;
        foreach (var (session, handle) in process.Handles.ToList())
        {
            process.Handles.Remove(session);
            process.Closing.Add(session);
            await handle.DisposeAsync();
        }

        if (!process.IsKilled)
        {
            _kills--;
            Kill(process);
        }
    }

    private void Kill(SimProcess process)
    {
        scheduler.Note(process, "is killed");
        _kills++;
        process.IsKilled = true;
        process.IsPaused = false;
        processes.Remove(process);
        if (processes.TrueForAll(static p => p.IsReader) || scheduler.Chance(0.7))
            start();
    }

    private void Harm(ModelHotServer model)
    {
        switch (scheduler.Random.Next(shape.Lies == SimLies.None ? 2 : 6))
        {
            case 0:
                scheduler.Note(null, "hot drops records");
                model.DropRecords(scheduler.Pick(sessions));
                break;

            case 1:
                scheduler.Note(null, "hot lets go what is idle");
                model.ExpireIdle();
                foreach (var session in sessions)
                {
                    if (OutboxOf(session) is null)
                        history.VouchedFor(session, false);
                }
                break;

            case 2 when shape.Lies == SimLies.Losses:
                scheduler.Note(null, "hot is emptied");
                hot.Flush();
                history.HotLied(new HashSet<SimPoint>());
                break;

            case 3 when shape.Lies == SimLies.Losses && _snapshot is not null:
                scheduler.Note(null, "hot goes back");
                model.Restore(_snapshot);
                history.HotLied(_inSnapshot);
                break;

            case 4 when shape.Lies == SimLies.Losses:
                _snapshot = model.TakeSnapshot();
                _inSnapshot = history.WhatHotHas();
                scheduler.Note(null, "hot is copied");
                break;

            case 5:
                scheduler.Note(null, "hot restarts");
                model.Restart();

                // If the last holder never came to vouch for it, the next may doubt it.
                foreach (var session in sessions)
                    history.VouchedFor(session, false);
                if (shape.Lies == SimLies.Losses)
                    history.HotLied(history.WhatHotHas());
                break;
        }
    }
}
