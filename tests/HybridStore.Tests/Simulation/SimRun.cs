using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.Coordination;
using HybridStore.InMemory;

namespace HybridStore.Tests.Simulation;

/// <summary>One run: processes, their clients' random programs, and the checks of every answer.</summary>
internal sealed class SimRun
{
    private static readonly string Key = MasterKey.Generate().ToBase64();
    private static readonly AuthSessionId[] Sessions = [new("t", "a"), new("t", "b")];
    private static readonly AuthKey[] Keys = [new("session", "1"), new("session", "2"), new("pre-key", "1"), new("sender-key", "1")];

    private readonly SimShape _shape;
    private readonly SimScheduler _scheduler;
    private readonly ManualClock _time = new();
    private readonly InMemoryColdTier _cold;
    private readonly SimHistory _history;
    private readonly SimHotServer _shared = new(1 << 20);
    private readonly List<SimProcess> _processes = [];
    private readonly List<(AuthSessionId Session, AuthPatch Patch, CommitReceipt? Receipt)> _committed = [];
    private readonly TimeSpan _maxStaleness = TimeSpan.FromSeconds(1);
    private int _value;

    public SimRun(SimShape shape, int seed)
    {
        _shape = shape;
        _scheduler = new SimScheduler(seed);
        _cold = new InMemoryColdTier(_time);
        _history = new SimHistory(_time);
    }

    public IEnumerable<string> Trace => _scheduler.Trace;

    /// <summary>Runs it. Needs a thread without a synchronization context, so that everything goes on inline.</summary>
    public void Run()
    {
        var count = 2 + _scheduler.Random.Next(2);
        for (var i = 0; i < count; i++)
            _processes.Add(Start($"p{i + 1}"));
        var clients = new List<Task>();
        foreach (var process in _processes)
        {
            for (var i = 1 + _scheduler.Random.Next(3); i > 0; i--)
                clients.Add(ClientAsync(process, operations: 2 + _scheduler.Random.Next(5)));
        }

        _scheduler.RunAll(clients, Idle, Disturb);
        foreach (var client in clients)
            client.GetAwaiter().GetResult();
        CheckEnd();
    }

    private SimProcess Start(string name)
    {
        var process = new SimProcess(name);
        process.Time.Advance(_time.GetUtcNow() - process.Time.GetUtcNow());
        process.Cold = new SimColdTier(_cold, _history, _scheduler, process) { Faults = _shape.Cold, Plant = _shape.Plant };
        if (_shape.Hot != SimHot.None)
        {
            // Small, so that records have to go.
            var server = _shape.Hot == SimHot.Shared ? _shared : new SimHotServer(_scheduler.Chance(0.3) ? 2_000 : 1 << 20);
            process.Hot = new SimHotTier(server, _scheduler, process) { Faults = _shape.HotFaults, Plant = _shape.Plant };
        }

        var options = new HybridAuthStoreOptions { MaxStaleness = _maxStaleness };
        options.Encryption.MasterKey = Key;
        options.Lease.Mode = _shape.Lease;
        options.Lease.AcquireTimeout = TimeSpan.Zero;
        options.Lease.Holder = name;
        process.Store = new HybridAuthStore(process.Cold, process.Hot, options, process.Time, logger: null, TaskCreationOptions.None);
        process.Store.InitializeAsync().AsTask().GetAwaiter().GetResult();
        return process;
    }

    private void Idle()
    {
        var paused = _processes.Where(static p => p.IsPaused).ToList();
        if (paused.Count > 0)
            Resume(_scheduler.Pick(paused));
        else
            Pass(TimeSpan.FromSeconds(1));
    }

    private void Disturb()
    {
        if (_shape.Hot == SimHot.Shared && _scheduler.Chance(0.1) && _shape.HotFaults != SimFaults.None)
        {
            _scheduler.Note(null, "hot restarts");
            _shared.Restart();
        }

        if (!_shape.Pauses || _scheduler.Chance(0.5))
        {
            Pass(TimeSpan.FromMilliseconds(_scheduler.Random.Next(700)));
            return;
        }

        var process = _scheduler.Pick(_processes);
        if (process.IsPaused)
        {
            Resume(process);
        }
        else if (_scheduler.Chance(0.5))
        {
            _scheduler.Note(process, "stands still");
            process.IsPaused = true;
        }

        Pass(TimeSpan.FromSeconds(_scheduler.Random.Next(20)));
    }

    private void Resume(SimProcess process)
    {
        _scheduler.Note(process, "goes on");
        process.IsPaused = false;
        process.Time.Advance(TimeSpan.Zero);
    }

    private void Pass(TimeSpan by)
    {
        _time.Advance(by);
        foreach (var process in _processes)
        {
            if (process.IsPaused)
                process.Time.Pause(by);
            else
                process.Time.Advance(by);
        }
    }

    private async Task ClientAsync(SimProcess process, int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            await _scheduler.Step(process, "thinks");
            var session = _scheduler.Chance(0.8) ? Sessions[0] : Sessions[1];
            try
            {
                await OperateAsync(process, session);
            }
            catch (AuthStoreException e) when (IsAllowed(e))
            {
                _scheduler.Note(process, e.GetType().Name);
            }
            catch (ObjectDisposedException)
            {
                // Another client of this process has closed the handle.
            }
        }
    }

    private bool IsAllowed(AuthStoreException e) => e switch
    {
        CommitConflictException => true,
        StoreUnavailableException or CommitOutcomeUnknownException => _shape.Cold != SimFaults.None,
        FencedException or SessionHeldException => _shape.Lease != LeaseMode.Off || _shape.Deletes,
        IncarnationEndedException => _shape.Deletes,
        _ => false,
    };

    private Task OperateAsync(SimProcess process, AuthSessionId session) => _scheduler.Random.Next(20) switch
    {
        < 5 => GetAsync(process, session),
        < 9 => GetManyAsync(process, session),
        < 15 => CommitAsync(process, session),
        < 17 => RepeatAsync(process, session),
        17 => _shape.Deletes ? DeleteAsync(process, session) : GetAsync(process, session),
        18 => _shape.Lease != LeaseMode.Off ? CloseAsync(process, session) : GetManyAsync(process, session),
        _ => _shape.Lease != LeaseMode.Off ? OpenAsync(process, session) : GetAsync(process, session),
    };

    private async Task OpenAsync(SimProcess process, AuthSessionId session)
    {
        if (process.Handles.ContainsKey(session) || !process.Opening.Add(session))
            return;
        try
        {
            var deletions = _history.Deletions(session);
            var handle = await process.Store.OpenAsync(session);
            process.Handles[session] = handle;
            process.OpenedAfter[session] = deletions;
            _scheduler.Note(process, $"opened {session} under {handle.Epoch}");
        }
        finally
        {
            process.Opening.Remove(session);
        }
    }

    private static async Task CloseAsync(SimProcess process, AuthSessionId session)
    {
        if (process.Handles.Remove(session, out var handle))
            await handle.DisposeAsync();
    }

    private async Task GetAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        var key = _scheduler.Pick(Keys);
        process.Handles.TryGetValue(session, out var handle);
        var earliest = Earliest(process, session, handle);
        var record = handle is not null ? await handle.GetAsync(key.Type, key.Id) : await process.Store.GetAsync(session, key);
        var points = _history.Of(session);
        for (var i = earliest; i < points.Count; i++)
        {
            if (!points[i].Agrees(record))
                continue;
            _scheduler.Note(process, $"got {record} of {session}{(handle is null ? "" : " held")}: at {points[i].Mark.Incarnation}:{points[i].Mark.Version}");
            process.Saw(session, i);
            return;
        }

        throw new SimFailure($"{process.Name}{(handle is null ? "" : $", under {handle.Epoch},")} was told {record} (of {session}), which it was at no point from {points[earliest].Mark} to {points[^1].Mark}.");
    }

    private async Task GetManyAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        var keys = Keys.Where(_ => _scheduler.Chance(0.6)).ToArray();
        process.Handles.TryGetValue(session, out var handle);
        var earliest = Earliest(process, session, handle);
        var set = handle is not null ? await handle.GetManyAsync(keys) : await process.Store.GetManyAsync(session, keys);
        var mark = set.SessionVersion == 0 ? SeenMark.EndOf(set.Incarnation) : new SeenMark(set.Incarnation, set.SessionVersion);
        var point = _history.Find(session, mark);
        if (point < earliest)
            throw new SimFailure($"{process.Name} was answered at {mark} of {session}, after {_history.Of(session)[earliest].Mark}.");
        foreach (var record in set)
        {
            if (!_history.Of(session)[point].Agrees(record))
                throw new SimFailure($"{process.Name} was told {record} at {mark} of {session}, which it was not.");
        }

        _scheduler.Note(process, $"got {set.Count} of {session}{(handle is null ? "" : " held")} at {set.Incarnation}:{set.SessionVersion}");
        process.Saw(session, point);
    }

    private async Task CommitAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        process.Handles.TryGetValue(session, out var handle);
        var patch = new AuthPatch();
        foreach (var key in Keys)
        {
            if (!_scheduler.Chance(0.4))
                continue;

            // Few values, so that some are unchanged.
            _ = _scheduler.Chance(0.3) ? patch.Delete(key) : patch.Set(key, SimPoint.Bytes(_scheduler.Chance(0.3) ? _scheduler.Random.Next(3) : 10 + _value++));
        }

        if (_scheduler.Chance(0.3))
        {
            var key = _scheduler.Pick(Keys);
            var read = handle is not null ? await handle.GetAsync(key) : await process.Store.GetAsync(session, key);
            patch.Expect(key, read.Version);
        }

        if (patch.Changes.Count == 0)
            return;
        _history.Announce(patch);
        var nth = _committed.Count;
        _committed.Add((session, patch, null));
        var receipt = handle is not null ? await handle.CommitAsync(patch) : await process.Store.CommitAsync(session, patch);
        _committed[nth] = (session, patch, receipt);
        _scheduler.Note(process, $"committed {receipt.CommitId.ToString()[..6]} of {session} at {receipt.Incarnation}:{receipt.Version}");
        process.Saw(session, _history.CheckReceipt(session, receipt));
    }

    private async Task RepeatAsync(SimProcess process, AuthSessionId session)
    {
        var made = _committed.Where(c => c.Session == session).ToList();
        if (made.Count == 0)
            return;
        var (_, patch, first) = _scheduler.Pick(made);
        process.Handles.TryGetValue(session, out var handle);
        var receipt = handle is not null ? await handle.CommitAsync(patch) : await process.Store.CommitAsync(session, patch);
        if (first is not null && (receipt.Version, receipt.Incarnation) != (first.Version, first.Incarnation))
            throw new SimFailure($"The repeat of {patch.CommitId} got {receipt} after {first}.");
        process.Saw(session, _history.CheckReceipt(session, receipt));
    }

    private static async Task DeleteAsync(SimProcess process, AuthSessionId session)
    {
        await process.Store.DeleteSessionAsync(session);
        process.Handles.Remove(session, out var handle);
        if (handle is not null)
            await handle.DisposeAsync();
    }

    private async Task EnsureOpenAsync(SimProcess process, AuthSessionId session)
    {
        if (_shape.Lease != LeaseMode.Off && _scheduler.Chance(0.4))
        {
            try
            {
                await OpenAsync(process, session);
            }
            catch (SessionHeldException)
            {
                // Then as everybody else.
            }
        }

        if (process.Handles.TryGetValue(session, out var handle) && handle.LeaseLost.IsCancellationRequested)
            await CloseAsync(process, session);
    }

    /// <summary>The earliest point that an answer to who asks now may be from.</summary>
    private int Earliest(SimProcess process, AuthSessionId session, AuthSession? handle)
    {
        var earliest = Math.Max(process.Seen(session), _history.LastAt(session, _time.GetUtcNow() - _maxStaleness));
        if (handle is not { HoldsLease: true })
            return earliest;

        // A deletion by somebody else takes the lease away at once; its holder learns of it with its next commit or heartbeat.
        return process.OpenedAfter[session] != _history.Deletions(session)
            ? process.Seen(session)
            : Math.Max(process.Seen(session), _history.Acknowledged(session));
    }

    private void CheckEnd()
    {
        foreach (var process in _processes)
        {
            process.IsPaused = false;
            process.Cold.Faults = SimFaults.None;
        }

        // Whoever comes later, when nothing in hot may be believed for its age alone, finds what was acknowledged last.
        Pass(_maxStaleness);
        var late = Start("late");
        late.Cold.Faults = SimFaults.None;
        foreach (var session in Sessions)
        {
            var reading = late.Store.GetManyAsync(session, Keys).AsTask();
            _scheduler.RunAll([reading], Idle, static () => { });
            var set = reading.GetAwaiter().GetResult();
            foreach (var record in set)
            {
                if (!_history.Of(session)[^1].Agrees(record))
                    throw new SimFailure($"At the end {record} (of {session}).");
            }
        }
    }
}
