using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.Coordination;
using HybridStore.InMemory;

namespace HybridStore.Tests.Simulation;

/// <summary>One run: processes, their clients' random programs, and the checks of every answer. What happens to them is in <see cref="SimWeather"/>.</summary>
internal sealed class SimRun : IDisposable
{
    private static readonly string Key = MasterKey.Generate().ToBase64();
    private static readonly AuthSessionId[] Sessions = [new("t", "a"), new("t", "b")];
    private static readonly AuthKey[] Written = [new("session", "1"), new("session", "2"), new("pre-key", "1"), new("sender-key", "1")];
    private static readonly AuthKey[] Keys = [.. Written, AuthKey.Creds];
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

    private readonly SimShape _shape;
    private readonly SimScheduler _scheduler;
    private readonly ManualClock _time = new();
    private readonly InMemoryColdTier _cold;
    private readonly SimHistory _history;
    private readonly SimHotServer _shared;
    private readonly SimWeather _weather;
    private readonly SimPoison _poison = new();
    private readonly List<SimProcess> _processes = [];
    private readonly List<HybridAuthStore> _stores = [];
    private readonly List<(SimProcess Process, Task Task)> _clients = [];
    private readonly List<(AuthSessionId Session, AuthPatch Patch, CommitReceipt? Receipt)> _committed = [];
    private int _started;
    private int _value;

    public SimRun(SimShape shape, int seed)
    {
        _shape = shape;
        _scheduler = new SimScheduler(seed);
        _cold = new InMemoryColdTier(_time);
        _history = new SimHistory(_time);
        _shared = new SimHotServer(1 << 20, Queues ? new ModelHotServer(_time) { KeepsEverything = shape.Lies == SimLies.Restarts } : null);
        _weather = new SimWeather(shape, _scheduler, _time, _history, _shared, _cold, _poison, _processes, Sessions, StartWithClients);
    }

    public IEnumerable<string> Trace => _scheduler.Trace;

    private bool Queues => _shape.Hot == SimHot.Queueing;

    /// <summary>Runs it. Needs a thread without a synchronization context, so that everything goes on inline.</summary>
    public void Run()
    {
        for (var i = 2 + _scheduler.Random.Next(2); i > 0; i--)
            StartWithClients();
        if (Queues && _scheduler.Chance(0.5))
            StartClients(Start(isReader: true));
        _scheduler.RunAll(() => !_weather.IsStopping && _clients.TrueForAll(static c => c.Task.IsCompleted || c.Process.IsKilled), _weather.Idle, _weather.Change, Queues ? 0.07 : 0.04);
        foreach (var (process, task) in _clients)
        {
            if (task.IsCompleted || !process.IsKilled)
                task.GetAwaiter().GetResult();
        }

        CheckEnd();
    }

    /// <summary>Lets go of what all processes together would keep of it.</summary>
    public void Dispose() => _stores.ForEach(static s => s.Metrics.Dispose());

    private void StartWithClients() => StartClients(Start(isReader: false));

    private void StartClients(SimProcess process)
    {
        for (var i = 1 + _scheduler.Random.Next(3); i > 0; i--)
            _clients.Add((process, ClientAsync(process, operations: 2 + _scheduler.Random.Next(Queues ? 7 : 5))));
    }

    private SimProcess Start(bool isReader)
    {
        var process = new SimProcess($"p{++_started}") { IsReader = isReader };
        process.Time.Advance(_time.GetUtcNow() - process.Time.GetUtcNow());
        process.Cold = new SimColdTier(_cold, _history, _scheduler, process) { Faults = _shape.Cold, Plant = _shape.Plant, Poison = _poison };
        if (_shape.Hot != SimHot.None)
        {
            // Small, so that records have to go.
            var server = _shape.Hot != SimHot.OfEach ? _shared : new SimHotServer(_scheduler.Chance(0.3) ? 2_000 : 1 << 20, model: null);
            process.Hot = new SimHotTier(server, _scheduler, process, _history, _time, _shape.Plant) { Faults = _shape.HotFaults };
        }

        var options = new HybridAuthStoreOptions { MaxStaleness = MaxStaleness };
        options.Encryption.MasterKey = Key;
        options.Lease.Mode = _shape.Lease;
        options.Lease.AcquireTimeout = TimeSpan.Zero;
        options.Lease.Holder = process.Name;
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        options.Outbox.MaxTries = 2;
        if (_shape.Plant == SimPlant.GuardIgnored)
            options.Credentials.PairedField = "";
        if (Queues)
        {
            options.Lease.Duration = LeaseDuration;
            options.Outbox.DrainTimeout = TimeSpan.FromSeconds(_scheduler.Random.Next(3));
        }

        if (_shape.Resilient)
        {
            foreach (var tier in (TierResilienceOptions[])[options.Resilience.Cold, options.Resilience.Hot])
            {
                tier.Timeout = _scheduler.Chance(0.3) ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(_scheduler.Random.Next(300, 3_000));
                tier.Breaker.MinimumThroughput = _scheduler.Random.Next(2, 6);
                tier.Breaker.BreakDuration = TimeSpan.FromMilliseconds(_scheduler.Random.Next(500, 4_000));
            }
        }

        process.Store = new HybridAuthStore(
            process.Cold, process.Hot, options, process.Time, logger: null, TaskCreationOptions.None, chance: _shape.Resilient ? _scheduler.Random.NextDouble : null)
        {
            RollbackJump = _shape.Plant == SimPlant.NoJump ? 1 : TakeoverDecision.RollbackJump,
        };
        process.Store.InitializeAsync().AsTask().GetAwaiter().GetResult();
        _processes.Add(process);
        _stores.Add(process.Store);
        return process;
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
                _scheduler.Note(process, $"{e.GetType().Name} {e.Message}");
            }
            catch (ObjectDisposedException)
            {
                // Another client of this process has closed the handle.
            }
            catch (Exception e)
            {
                _scheduler.Failure ??= e;
                throw;
            }
        }
    }

    private bool IsAllowed(AuthStoreException e) => e switch
    {
        CommitConflictException or SessionExistsException or IdentityOverwriteException => true,

        // Where leases went back, two hold one epoch, and the second finds the first one's commit in its place.
        ColdWentBackException when _history.LeasesWentBack => true,

        // Who knows the keys of what was lost can't read what others have begun in its place.
        ColdWentBackException or EnvelopeException => e.Session is { } session && _history.ColdWentBack(session),

        // What was queued while nobody knew that cold went back is refused by cold, and parks the session.
        OutboxParkedException when e.Session is { } session && _history.ColdWentBack(session) => true,
        StoreUnusableException { Reason: StoreUnusableReason.Full } => _shape.Outages,
        OutboxParkedException or StoreUnusableException or SessionNotFoundException => _shape.Poison,

        // Who finds the tiers a moment apart again and again has no answer, and says so.
        StoreUnavailableException => _shape.Cold != SimFaults.None || _shape.Outages || Queues,
        CommitOutcomeUnknownException => _shape.Cold != SimFaults.None || _shape.Outages,
        FencedException or SessionHeldException => _shape.Lease != LeaseMode.Off || _shape.Deletes,

        // A life that cold has lost looks like one that never was.
        IncarnationEndedException when _shape.ColdGoesBack => true,
        IncarnationEndedException => _shape.Deletes,
        _ => false,
    };

    private Task OperateAsync(SimProcess process, AuthSessionId session) => _scheduler.Random.Next(process.IsReader ? 10 : 29) switch
    {
        < 5 => GetAsync(process, session),
        < 9 => GetManyAsync(process, session),
        9 => FindAsync(process, session),
        < 16 => CommitAsync(process, session),
        16 => RepeatAsync(process, session),
        17 => _shape.Deletes ? DeleteAsync(process, session) : GetAsync(process, session),
        18 => _shape.Lease != LeaseMode.Off ? CloseAsync(process, session) : GetManyAsync(process, session),
        19 => _shape.Lease != LeaseMode.Off ? OpenAsync(process, session) : GetAsync(process, session),
        20 => Queues ? process.Store.ReconcileNowAsync(CancellationToken.None).AsTask() : CommitAsync(process, session),
        21 => RepeatAsync(process, session),
        22 => ImportAsync(process, session),
        < 25 => TransactAsync(process, session),
        < 27 => SaveCredentialsAsync(process, session),
        27 => _shape.Poison ? LookAfterAsync(process, session) : CommitAsync(process, session),
        _ => CommitAsync(process, session),
    };

    private async Task OpenAsync(SimProcess process, AuthSessionId session)
    {
        if (process.Handles.ContainsKey(session) || !process.Opening.Add(session))
            return;
        try
        {
            var deletions = _history.Deletions(session);
            var leasesWentBack = _history.LeasesWentBack;
            var handle = await process.Store.OpenAsync(session);
            process.Handles[session] = handle;
            process.OpenedAfter[session] = (deletions, _history.Lies);
            _scheduler.Note(process, $"opened {session} under {handle.Epoch}{(handle.IsRolledBack ? ", rolled back" : "")}");
            if (!handle.HoldsLease)
                return;
            CheckAlone(process, session, handle);
            _history.Opened(session, handle.Epoch);

            // Cold that goes back meanwhile takes the mark with it that was found, or just made, there.
            if (deletions == _history.Deletions(session) && leasesWentBack == _history.LeasesWentBack && handle.IsRolledBack != _history.IsRolledBack(session))
                throw new SimFailure($"{process.Name} opened {session}, and it says that it is {(handle.IsRolledBack ? "" : "not ")}rolled back.");
            if (handle.IsRolledBack && _scheduler.Chance(0.5))
                await handle.AcknowledgeRollbackAsync();
        }
        finally
        {
            process.Opening.Remove(session);
        }
    }

    private static async Task CloseAsync(SimProcess process, AuthSessionId session)
    {
        if (process.Handles.Remove(session, out var handle))
        {
            process.Closing.Add(session);
            await handle.DisposeAsync();
        }
    }

    private async Task GetAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        var key = _scheduler.Pick(Keys);
        process.Handles.TryGetValue(session, out var handle);
        var earliest = Earliest(process, session, handle);
        var furthest = process.Furthest(session);
        var seen = process.Seen(session);
        var record = handle is not null ? await handle.GetAsync(key.Type, key.Id) : await process.Store.GetAsync(session, key);
        earliest = WithoutLeasesForgottenMeanwhile(session, handle, earliest, seen);
        var points = _history.Of(session);
        for (var i = earliest; i < points.Count; i++)
        {
            if (!points[i].Agrees(record) || points[i].Mark < furthest)
                continue;
            _scheduler.Note(process, $"got {record} of {session}{(handle is null ? "" : " held")}: at {points[i].Mark.Incarnation}:{points[i].Mark.Version}");
            process.Saw(session, i);
            return;
        }

        if (_history.AgreesWithVoid(session, record, furthest))
            return;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Agrees(record) && ((points[i].Mark >= furthest && _history.MayComeBack(session, i)) || MixesBranches(session)))
                return;
        }

        throw new SimFailure($"{process.Name}{(handle is null ? "" : $", under {handle.Epoch},")} was told {record} (of {session}){(record.Exists ? $", {SimPoint.Number(record.Value)}" : "")}, which it was at no point from {points[earliest].Mark} to {points[^1].Mark}: {string.Join("; ", points.Skip(earliest).Select(p => p.Tell(key)))}.");
    }

    private async Task GetManyAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        var keys = Keys.Where(_ => _scheduler.Chance(0.6)).ToArray();
        process.Handles.TryGetValue(session, out var handle);
        var earliest = Earliest(process, session, handle);
        var furthest = process.Furthest(session);
        var seen = process.Seen(session);
        var set = handle is not null ? await handle.GetManyAsync(keys) : await process.Store.GetManyAsync(session, keys);
        earliest = WithoutLeasesForgottenMeanwhile(session, handle, earliest, seen);
        Check(process, session, set, earliest, furthest);
        _scheduler.Note(process, $"got {set.Count} of {session}{(handle is null ? "" : " held")} at {set.Incarnation}:{set.SessionVersion}");
    }

    private void Check(SimProcess process, AuthSessionId session, AuthRecordSet set, int earliest, SeenMark furthest)
    {
        var mark = set.SessionVersion == 0 ? SeenMark.EndOf(set.Incarnation) : new SeenMark(set.Incarnation, set.SessionVersion);
        if (mark < furthest)
            throw new SimFailure($"{process.Name} was answered at {mark} of {session}, after {furthest}.");
        var points = _history.Of(session);
        var found = -1;

        // The oldest that it may be: cold that went back is at a mark a second time, and what is told tells not which of them it was.
        foreach (var i in _history.FindAll(session, mark).Reverse())
        {
            if (i < earliest && !_history.MayComeBack(session, i))
            {
                found = Math.Max(found, i);
                continue;
            }

            found = i;
            if (set.All(r => points[i].Agrees(r)))
            {
                process.Saw(session, i);
                process.Saw(session, mark);
                return;
            }
        }

        if (found >= 0 && found < earliest)
            throw new SimFailure($"{process.Name} was answered at {mark} of {session}, after {points[earliest].Mark}.");
        if (_history.HasVoid(session) || (MixesBranches(session) && set.All(r => points.Any(p => p.Agrees(r)))))
            return;
        throw new SimFailure(found < 0 ? $"{session} was never at {mark}." : $"{process.Name} was told {set.First(r => !points[found].Agrees(r))} at {mark} of {session}, which it was not.");
    }

    /// <summary>Whether a process may take two histories for one: hot of its own vouches for what cold has lost, or hot was not reached when it was to let that go, or keeps a parked commit of it; and cold is at the same version again.</summary>
    private bool MixesBranches(AuthSessionId session) => (_shape.Hot == SimHot.OfEach || _history.IsHotWrong(session) || _history.HasParked(session)) && _history.HasTwoBranches(session);

    private async Task CommitAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        process.Handles.TryGetValue(session, out var handle);
        var patch = new AuthPatch();
        foreach (var key in Written)
        {
            if (!_scheduler.Chance(0.4))
                continue;

            // Few values, so that some are unchanged.
            _ = _scheduler.Chance(0.3) ? patch.Delete(key) : patch.Set(key, SimPoint.Bytes(key, Value()));
        }

        if (_scheduler.Chance(0.3))
        {
            var key = _scheduler.Pick(Keys);
            var read = handle is not null ? await handle.GetAsync(key) : await process.Store.GetAsync(session, key);
            patch.Expect(key, read.Version);
        }

        if (patch.Changes.Count > 0)
            await CommitAsync(process, session, handle, patch);
    }

    /// <summary>Saves credentials: mostly those of the device that is paired, now and then others, which only who says so may put in their place.</summary>
    private async Task SaveCredentialsAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        process.Handles.TryGetValue(session, out var handle);
        var patch = new AuthPatch();
        var current = handle is not null ? await handle.GetAsync(AuthKey.Creds) : await process.Store.GetAsync(session, AuthKey.Creds);
        var number = 10 + _value++;
        if (current.Exists && _scheduler.Chance(0.6))
            number = (number * 3) + SimPoint.IdentityIn(SimPoint.Number(current.Value));
        _ = _scheduler.Chance(0.1) ? patch.Delete(AuthKey.Creds) : patch.Set(AuthKey.Creds, SimPoint.Bytes(AuthKey.Creds, number));
        if (_scheduler.Chance(0.2))
            patch.AllowIdentityChange();
        if (_scheduler.Chance(0.3))
            patch.Expect(AuthKey.Creds, current.Version);
        if (_scheduler.Chance(0.3))
            patch.Set(Written[0], SimPoint.Bytes(Written[0], Value()));
        await CommitAsync(process, session, handle, patch);
    }

    private int Value() => _scheduler.Chance(0.3) ? _scheduler.Random.Next(3) : 10 + _value++;

    private async Task CommitAsync(SimProcess process, AuthSessionId session, AuthSession? handle, AuthPatch patch)
    {
        if (_shape.Poison && _scheduler.Chance(0.1))
            _poison.Add(patch.CommitId);
        if (Queues && _scheduler.Chance(0.6))
            patch.Require(_scheduler.Chance(0.75) ? Durability.Queued : Durability.Persisted);
        _history.Announce(patch);
        var nth = _committed.Count;
        _committed.Add((session, patch, null));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                // By the store itself, now and then: it is the same session.
                var receipt = handle is not null && !_scheduler.Chance(0.2) ? await handle.CommitAsync(patch) : await process.Store.CommitAsync(session, patch);
                _committed[nth] = (session, patch, receipt);
                _scheduler.Note(process, $"committed {receipt.CommitId.ToString()[..6]} of {session} at {receipt.Incarnation}:{receipt.Version}, {receipt.Outcome}");
                process.Saw(session, _history.CheckReceipt(session, patch, receipt));
                if (!receipt.IsRepeat)
                    process.Saw(session, new SeenMark(receipt.Incarnation, receipt.Version));
                return;
            }
            catch (CommitOutcomeUnknownException) when (Queues && attempt < 2 && _scheduler.Chance(0.6))
            {
                _scheduler.Note(process, $"does not know of {patch.CommitId.ToString()[..6]}, and repeats it");
            }
        }
    }

    private async Task RepeatAsync(SimProcess process, AuthSessionId session)
    {
        var made = _committed.Where(c => c.Session == session).ToList();
        if (made.Count == 0)
            return;
        var (_, patch, first) = _scheduler.Pick(made);
        process.Handles.TryGetValue(session, out var handle);
        var receipt = handle is not null ? await handle.CommitAsync(patch) : await process.Store.CommitAsync(session, patch);
        if (first is not null && (receipt.Version, receipt.Incarnation) != (first.Version, first.Incarnation) && !WasLost(session, first)
            // What came to a version that cold had lost has another place now than what hot had queued behind the one before.
            && !_history.HasTwoBranches(session) && !(receipt.IsRepeat && _history.WasRolledBack(session, first.Incarnation)))
            throw new SimFailure($"The repeat of {patch.CommitId} got {receipt} after {first}.");
        process.Saw(session, _history.CheckReceipt(session, patch, receipt));
    }

    /// <summary>Reads some, writes some for it, and everything it read must still be so where it is committed.</summary>
    private async Task TransactAsync(SimProcess process, AuthSessionId session)
    {
        await EnsureOpenAsync(process, session);
        if (!process.Handles.TryGetValue(session, out var handle) || !process.Transacting.Add(session))
            return;
        try
        {
            var read = Written.Where(_ => _scheduler.Chance(0.5)).ToArray();
            var written = Written.Where(_ => _scheduler.Chance(0.4)).ToArray();
            await handle.TransactionAsync(async (transaction, cancellationToken) =>
            {
                var values = new Dictionary<AuthKey, int?>();
                foreach (var key in read)
                {
                    var value = (await transaction.GetManyAsync([key], cancellationToken))[0];
                    values[key] = value is { } bytes ? SimPoint.Number(bytes) : null;
                    await _scheduler.Step(process, "works on a transaction");
                }

                var results = new Dictionary<AuthKey, int>();
                foreach (var key in written)
                {
                    results[key] = 10 + _value++;
                    transaction.Set(key, SimPoint.Bytes(key, results[key]));
                }

                if (Queues && _scheduler.Chance(0.5))
                    transaction.Require(Durability.Queued);
                process.Transactions[session] = new SimTransaction(values, results);
            });
            _scheduler.Note(process, $"committed a transaction of {session}");
        }
        finally
        {
            process.Transacting.Remove(session);
            process.Transactions.Remove(session);
        }
    }

    /// <summary>Creates the session from a stream, if it does not exist.</summary>
    private async Task ImportAsync(SimProcess process, AuthSessionId session)
    {
        if (process.Imports.ContainsKey(session))
            return;
        var values = Keys.Where(_ => _scheduler.Chance(0.6)).Append(Written[^1]).Distinct().ToDictionary(static k => k, _ => 10 + _value++);
        process.Imports[session] = values;
        try
        {
            var info = await process.Store.ImportAsync(session, EntriesAsync(process, values));
            var index = _history.FindAll(session, new SeenMark(info.Incarnation, info.Version)).DefaultIfEmpty(-1).First();
            if (index < 0 || info.Version != 1)
                throw new SimFailure($"{process.Name} imported {info}, and it was never there.");
            process.Saw(session, index);
            _scheduler.Note(process, $"imported {session} as life {info.Incarnation}");
        }
        finally
        {
            process.Imports.Remove(session);
        }
    }

    private async IAsyncEnumerable<AuthEntry> EntriesAsync(SimProcess process, Dictionary<AuthKey, int> values)
    {
        foreach (var (key, value) in values)
        {
            await _scheduler.Step(process, "reads what it imports");
            yield return new AuthEntry(key, SimPoint.Bytes(key, value));
        }
    }

    /// <summary>Finds the session, which tells no value: it is never behind what this process was told of, and complete unless it says otherwise.</summary>
    private async Task FindAsync(SimProcess process, AuthSessionId session)
    {
        process.Handles.TryGetValue(session, out var handle);
        var earliest = Earliest(process, session, handle);
        var furthest = process.Furthest(session);
        var seen = process.Seen(session);
        var found = await process.Store.FindSessionAsync(session);
        earliest = WithoutLeasesForgottenMeanwhile(session, handle, earliest, seen);
        if (found is null)
            return;
        var mark = new SeenMark(found.Incarnation, found.Version);
        _scheduler.Note(process, $"found {session} at {mark.Incarnation}:{mark.Version}{(found.MayBeAhead ? ", which may be ahead" : "")}");
        if (mark < furthest)
            throw new SimFailure($"{process.Name} found {session} at {mark}, after {furthest}.");
        var index = _history.FindAll(session, mark).DefaultIfEmpty(-1).First();
        if (_history.HasVoid(session))
            return;
        if (index < 0)
            throw new SimFailure($"{session} was found at {mark}, where it never was.");
        if (!found.MayBeAhead && index < earliest)
            throw new SimFailure($"{process.Name} found {session} at {mark}, and complete, after {_history.Of(session)[earliest].Mark}.");
        process.Saw(session, mark);
    }

    /// <summary>What an operator does about a session that is parked.</summary>
    private async Task LookAfterAsync(SimProcess process, AuthSessionId session)
    {
        var content = await process.Store.Outbox.ShowAsync(session);
        if (content is not { Parked: not null })
            return;
        _scheduler.Note(process, $"finds {session} parked at {content.Parked.Version}");
        switch (_scheduler.Random.Next(4))
        {
            case 0:
                _poison.Clear();
                await process.Store.Outbox.RetryAsync(session);
                break;

            case 1:
                await process.Store.Outbox.RetryAsync(session);
                break;

            case 2 when content.Entries.Count > 0:
                await process.Store.Outbox.DiscardAsync(session, content.Entries[0].Version);
                _scheduler.Note(process, $"discarded {content.Entries[0].Version} of {session}");
                break;

            default:
                _history.GivenUp(session);
                await process.Store.Outbox.AbandonAsync(session);
                _scheduler.Note(process, $"abandoned what {session} had queued");
                break;
        }
    }

    private bool WasLost(AuthSessionId session, CommitReceipt receipt) =>
        _history.Of(session).Any(p => p.Commit == receipt.CommitId && p.Mark == new SeenMark(receipt.Incarnation, receipt.Version) && p.IsLost);

    private static async Task DeleteAsync(SimProcess process, AuthSessionId session)
    {
        await process.Store.DeleteSessionAsync(session);
        process.Handles.Remove(session, out var handle);
        if (handle is null)
            return;
        process.Closing.Add(session);
        await handle.DisposeAsync();
    }

    private async Task EnsureOpenAsync(SimProcess process, AuthSessionId session)
    {
        if (_shape.Lease != LeaseMode.Off && !process.IsReader && _scheduler.Chance(Queues ? 0.6 : 0.4))
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

    /// <summary>Cold that goes back while it is asked can't tell of the leases that it forgets then, whatever it could have told when the question was put.</summary>
    private int WithoutLeasesForgottenMeanwhile(AuthSessionId session, AuthSession? handle, int earliest, int seen) =>
        handle is { HoldsLease: true } ? earliest : Math.Min(earliest, Math.Max(seen, _history.LastWithoutForgottenLeases(session, earliest)));

    /// <summary>The earliest point that an answer to who asks now may be from.</summary>
    private int Earliest(SimProcess process, AuthSessionId session, AuthSession? handle)
    {
        var staleness = MaxStaleness;

        // What one says is good until a time, another believes by its own clock.
        if (_shape.Clocks)
            staleness = TimeSpan.FromDays(1);

        // A holder does not know at once that somebody else has deleted the session, and until then, what it queues is what hot says.
        if (Queues && _shape.Deletes)
            staleness += LeaseDuration;
        var earliest = Math.Max(process.Seen(session), _history.LastWithoutForgottenLeases(session, _history.LastAt(session, _time.GetUtcNow() - staleness)));
        if (handle is not { HoldsLease: true })
        {
            if (!process.Closing.Contains(session))
                return earliest;

            // While a handle is closed, its lease is still there, and with it the belief in it: the process knows what it was told, and not what hot took of it and has not answered yet.
            return MayBelieveWrongly(process, session) ? process.Seen(session) : Math.Min(earliest, Math.Max(process.Seen(session), _history.Acknowledged(session)));
        }

        return MayBelieveWrongly(process, session) ? process.Seen(session) : Math.Max(process.Seen(session), _history.Acknowledged(session));
    }

    /// <summary>
    /// Whether a lease may have been taken away at once: by a deletion, of which its holder learns with its next commit or heartbeat; or because it was extended in hot, and hot forgot.
    /// </summary>
    private bool MayBelieveWrongly(SimProcess process, AuthSessionId session) =>
        _history.LeasesWentBack || process.OpenedAfter[session] is var (deletions, lies) && (deletions != _history.Deletions(session) || lies != _history.Lies);

    private void CheckAlone(SimProcess process, AuthSessionId session, AuthSession opened)
    {
        foreach (var other in _processes)
        {
            if (other != process && other.Handles.TryGetValue(session, out var handle) && handle.HoldsLease && !MayBelieveWrongly(other, session) && !MayBelieveWrongly(process, session))
                throw new SimFailure($"{process.Name} opened {session} under {opened.Epoch}, and {other.Name} holds it under {handle.Epoch}.");
        }
    }

    /// <summary>Everything works again, everybody closes what they hold, and whoever comes then finds what was acknowledged.</summary>
    private void CheckEnd()
    {
        _weather.Clear();
        foreach (var process in _processes.ToList())
        {
            foreach (var session in Sessions)
            {
                if (process.Handles.ContainsKey(session))
                    Finish(CloseAsync(process, session));
            }
        }

        // When nothing in hot may be believed for its age alone, and whoever was killed holds nothing more.
        _weather.Pass(LeaseDuration + LeaseDuration + (_shape.Clocks ? TimeSpan.FromHours(3) : TimeSpan.Zero));
        var late = Start(isReader: false);
        late.Cold.Faults = SimFaults.None;
        if (late.Hot is { } hot)
            hot.Faults = SimFaults.None;
        foreach (var session in Sessions)
        {
            if (_history.ColdWentBack(session))
            {
                CheckToldThatColdWentBack(late, session);
                continue;
            }

            if (_shape.Poison)
                _ = Finish(late.Store.Outbox.RetryAsync(session).AsTask());
            if (Queues && !CheckQueue(late, session))
                continue;
            CheckRecords(late, session);
        }
    }

    /// <summary>Hot that says that cold had more than it has is not passed over; nobody else can know.</summary>
    private void CheckToldThatColdWentBack(SimProcess late, AuthSessionId session)
    {
        if (!Queues)
            return;
        var cold = Finish(_cold.ReadAsync(session, [], false, CancellationToken.None).AsTask());
        var hot = Finish(_shared.Model!.Connect().ReadAsync(session, [], false, CancellationToken.None).AsTask());
        var position = ReadDecision.PositionOf(cold.Head, cold.LastEndedIncarnation);
        if (hot.Outbox is not { Incarnation: not 0 } outbox || new SeenMark(outbox.Incarnation, outbox.DrainedVersion) <= position)
            return;
        try
        {
            Finish(OpenAsync(late, session));
        }
        catch (ColdWentBackException)
        {
            return;
        }
        catch (Exception e) when (e is FencedException or SessionHeldException)
        {
            // Hot knows a later epoch than cold issues now.
            return;
        }

        throw new SimFailure($"{session} was opened at {position}, and hot says that cold had {outbox.DrainedVersion}.");
    }

    /// <returns>Whether it can be opened: cold that has forgotten a lease may have another commit in the place of one that hot alone has, and a person has to decide.</returns>
    private bool CheckQueue(SimProcess late, AuthSessionId session)
    {
        try
        {
            Finish(OpenAsync(late, session));
        }
        catch (ColdWentBackException) when (_history.LeasesWentBack && _history.HasReplaced(session))
        {
            return false;
        }

        CheckRecords(late, session);
        Finish(CloseAsync(late, session));
        var last = _history.Last(session);
        var cold = Finish(_cold.ReadAsync(session, Keys, false, CancellationToken.None).AsTask());
        if ((cold.Head?.Version ?? 0) != (last.Mark.IsEnd ? 0 : last.Mark.Version) || cold.Head is { AheadEpoch: not 0 } || cold.Records.Any(r => last.VersionOf(r.Key) != r.Version))
            throw new SimFailure($"At the end cold has {session} at {cold.Head}, and it is at {last.Mark}.");
        var connection = _shared.Model!.Connect();
        if (Finish(connection.ReadAsync(session, Keys, false, CancellationToken.None).AsTask()).Outbox is { IsEmpty: false } state)
            throw new SimFailure($"At the end hot has {state}.");
        if (Finish(connection.Outbox.ReadAsync(session, 0, 10, CancellationToken.None).AsTask()).Count > 0)
            throw new SimFailure($"At the end {session} has entries in hot's outbox.");
        return true;
    }

    private void CheckRecords(SimProcess late, AuthSessionId session)
    {
        var set = Finish(late.Store.GetManyAsync(session, Keys).AsTask());
        var last = _history.Last(session);
        foreach (var record in set)
        {
            if (!last.Agrees(record))
                throw new SimFailure($"At the end {record} (of {session}), at {last.Mark}.");
        }
    }

    private T Finish<T>(Task<T> task)
    {
        Finish((Task)task);
        return task.GetAwaiter().GetResult();
    }

    private void Finish(Task task)
    {
        _scheduler.RunAll(() => task.IsCompleted, _weather.Idle, static () => { }, disturbance: 0);
        task.GetAwaiter().GetResult();
    }
}
