using System.Globalization;
using System.Text;
using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Properties.Support;
using HybridStore.Sqlite;
using Xunit.Sdk;

namespace HybridStore.Properties.Programs;

/// <summary>Runs a program against stores over one new file and against the model, and throws at the first step in which they disagree.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _time = new();
    private readonly string _masterKey;
    private readonly Func<IAuthStateStore, IAuthStateStore> _wrap;
    private readonly HybridAuthStore[] _opened = new HybridAuthStore[World.Handles];
    private readonly IAuthStateStore[] _stores = new IAuthStateStore[World.Handles];
    private readonly SessionModel[] _models = [.. World.Sessions.Select(_ => new SessionModel())];
    private readonly View[,] _views = new View[World.Handles, World.Sessions.Count];
    private readonly List<Attempt> _attempts = [];

    private ProgramRun(Func<IAuthStateStore, IAuthStateStore> wrap)
    {
        _wrap = wrap;
        using var masterKey = MasterKey.Generate();
        _masterKey = masterKey.ToBase64();
        for (var handle = 0; handle < World.Handles; handle++)
            Open(handle);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Runs a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="wrap">What to put around each store: a planted fault.</param>
    public static async Task CheckAsync(StoreProgram program, Func<IAuthStateStore, IAuthStateStore>? wrap = null)
    {
        await using var run = new ProgramRun(wrap ?? (store => store));
        for (var line = 0; line < program.Steps.Count; line++)
        {
            var step = program.Steps[line];
            try
            {
                await run.DoAsync(step);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new XunitException(string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, {step}\n{(e is XunitException ? e.Message : e.ToString())}"));
            }
        }

        await run.CheckEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
            await store.DisposeAsync();
        _folder.Dispose();
    }

    private void Open(int handle)
    {
        var options = World.Options(handle, _masterKey);
        var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = _folder.File("store.db"), BusyTimeout = TimeSpan.FromMinutes(1) }, _time);
        _opened[handle] = new HybridAuthStore(cold, World.HasHot(handle) ? new InMemoryHotTier(1024 * 1024) : null, options, _time);
        _stores[handle] = _wrap(_opened[handle]);
        for (var session = 0; session < World.Sessions.Count; session++)
            _views[handle, session] = new View();
    }

    private Task DoAsync(Step step) => step switch
    {
        Get s => GetAsync(s),
        GetMany s => GetManyAsync(s),
        Commit s => CommitAsync(s),
        Repeat s => RepeatAsync(s),
        Delete s => DeleteAsync(s),
        Import s => ImportAsync(s),
        Enumerate s => EnumerateAsync(s),
        Verify s => VerifyAsync(s),
        Find s => FindAsync(s),
        Summarize s => SummarizeAsync(s),
        ListSessions s => ListAsync(s),
        Reopen s => ReopenAsync(s),
        Wait s => WaitAsync(s),
        _ => throw new InvalidOperationException($"No such step: {step}"),
    };

    private async Task GetAsync(Get step)
    {
        var record = await _stores[step.Handle].GetAsync(World.Sessions[step.Session], World.Keys[step.Key], Cancel);
        Assert.Equal(World.Keys[step.Key], record.Key);
        NoteRead(step.Handle, step.Session, record.ToString(), s => s.Agrees(record));
    }

    private async Task GetManyAsync(GetMany step)
    {
        var set = await _stores[step.Handle].GetManyAsync(World.Sessions[step.Session], [.. step.Keys.Select(k => World.Keys[k])], Cancel);
        Assert.Equal(step.Keys.Select(k => World.Keys[k]), set.Select(r => r.Key));
        NoteRead(
            step.Handle,
            step.Session,
            $"incarnation {set.Incarnation}, version {set.SessionVersion}: {string.Join("; ", set)}",
            s => (s.Incarnation, s.Version) == (set.Incarnation, set.SessionVersion) && set.All(s.Agrees));
    }

    /// <summary>An answer is what the session was at one time: not before what the store has seen of it, and not longer ago than the store may be behind.</summary>
    private void NoteRead(int handle, int session, string answer, Func<Snapshot, bool> agrees)
    {
        var history = _models[session].History;
        var view = _views[handle, session];
        var allowed = Enumerable.Range(view.From, history.Count - view.From)
            .Where(i => history[i].ReplacedAt is not { } replaced || _time.GetUtcNow() - replaced < World.MaxStaleness(handle));
        List<int> matches = [.. allowed.Where(i => agrees(history[i]))];
        if (matches.Count == 0)
            Assert.Fail($"answered {answer}\nbut s{session} is {Describe(history[^1])}\nand the store has seen {history[view.From]}");
        view.From = matches[0];
        view.Lives.Clear();
        view.Lives.UnionWith(matches.Select(i => history[i].Life));
    }

    private async Task CommitAsync(Commit step)
    {
        var now = _models[step.Session].Now;
        var patch = new AuthPatch();
        foreach (var change in step.Changes)
            _ = change.Value is { } value ? patch.Set(World.Keys[change.Key], value) : patch.Delete(World.Keys[change.Key]);
        foreach (var expectation in step.Expectations)
        {
            _ = expectation.Key is { } key
                ? patch.Expect(World.Keys[key], now.VersionOf(World.Keys[key]) + expectation.Off)
                : patch.ExpectSession(now.Version + expectation.Off);
        }

        if (step.ExpectNew)
            patch.ExpectSession(0);
        var attempt = new Attempt(step.Session, patch);
        _attempts.Add(attempt);
        await CommitAsync(step.Handle, attempt, patch);
    }

    private Task RepeatAsync(Repeat step)
    {
        if (_attempts.Count == 0)
            return Task.CompletedTask;
        var attempt = _attempts[step.Which % _attempts.Count];
        return CommitAsync(step.Handle, attempt, step.MadeAgain ? attempt.MakeAgain() : attempt.Patch);
    }

    private async Task CommitAsync(int handle, Attempt attempt, AuthPatch patch)
    {
        var model = _models[attempt.Session];
        var view = _views[handle, attempt.Session];
        var now = model.Now;
        var bound = patch.Incarnation;
        CommitReceipt receipt;
        try
        {
            receipt = await _stores[handle].CommitAsync(World.Sessions[attempt.Session], patch, Cancel);
        }
        catch (IncarnationEndedException e)
        {
            Assert.True((bound is { } b && b != now.Life) || view.MayBeTold(now.Life), $"refused, but nothing that it is for has ended: {e.Message}");

            // Whether a refusal tells more than that is left open where the patch was to begin a life, or another life is there.
            if (now.Exists || patch.ExpectedSessionVersion == 0)
                view.Lives.Add(now.Life);
            return;
        }
        catch (CommitConflictException e)
        {
            NoteNotRefused(view, patch, bound, now);
            Assert.False(model.TryFindCommit(patch.CommitId, out _), $"refused, but it was kept before: {e.Message}");
            var expected = e.Key is { } key
                ? patch.Expectations.Where(x => x.Key == key).Select(x => (x.Version, now.VersionOf(key)))
                : patch.ExpectedSessionVersion is { } version ? [(version, now.Version)] : [];
            Assert.Equal((e.ExpectedVersion, e.ActualVersion), Assert.Single(expected));
            Assert.NotEqual(e.ExpectedVersion, e.ActualVersion);
            if (now.Exists)
                NoteExact(handle, attempt.Session);
            else if (patch.ExpectedSessionVersion == 0 || bound is not null)
                view.Lives.Add(0);
            return;
        }

        NoteNotRefused(view, patch, bound, now);
        if (model.TryFindCommit(patch.CommitId, out var made))
        {
            Assert.Equal(new CommitReceipt(patch.CommitId, now.Incarnation, made, CommitOutcome.Persisted, IsRepeat: true), receipt);
            view.Saw(now.Life);
            return;
        }

        Assert.All(patch.Expectations, x => Assert.Equal(x.Version, now.VersionOf(x.Key)));
        Assert.Equal(patch.ExpectedSessionVersion ?? now.Version, now.Version);
        model.Commit(patch.CommitId, patch.Changes.Select(c => (c.Key, c.Value?.ToArray())), _time.GetUtcNow());
        Assert.Equal(new CommitReceipt(patch.CommitId, model.Now.Incarnation, model.Now.Version, CommitOutcome.Persisted, IsRepeat: false), receipt);
        NoteExact(handle, attempt.Session);
    }

    private static void NoteNotRefused(View view, AuthPatch patch, long? bound, Snapshot now)
    {
        // Who expects that there is no session, or names the life that there is or would be next, knows.
        var next = now.Exists ? now.Incarnation : now.Incarnation + 1;
        Assert.False(bound is { } b && b != next, $"taken, but the patch was for incarnation {bound}, and now is {now}");
        Assert.False(
            view.MustBeTold(now.Life) && patch.ExpectedSessionVersion != 0 && bound is null,
            "taken, but the life that the store has seen is over, and nobody was told");
    }

    /// <summary>The store has seen the session as it is now.</summary>
    private void NoteExact(int handle, int session)
    {
        _views[handle, session].From = _models[session].History.Count - 1;
        _views[handle, session].Saw(_models[session].Now.Life);
    }

    private async Task DeleteAsync(Delete step)
    {
        var model = _models[step.Session];
        Assert.Equal(model.Now.Exists, await _stores[step.Handle].DeleteSessionAsync(World.Sessions[step.Session], Cancel));
        model.Delete(_time.GetUtcNow());
        NoteExact(step.Handle, step.Session);
    }

    private async Task ImportAsync(Import step)
    {
        var model = _models[step.Session];
        AuthSessionInfo? info = null;
        Exception? thrown = null;
        try
        {
            info = await _stores[step.Handle].ImportAsync(World.Sessions[step.Session], Entries(step), Cancel);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        if (model.Now.Exists)
        {
            Assert.Equal(model.Now.Version, Assert.IsType<SessionExistsException>(thrown).Version);
        }
        else if (step.Fault == ImportFault.Throws)
        {
            Assert.IsType<TimeZoneNotFoundException>(thrown);
        }
        else if (step.Records.Count == 0)
        {
            Assert.Equal(AuthInputFault.Empty, Assert.IsType<InvalidAuthInputException>(thrown).Fault);
        }
        else if (step.Fault == ImportFault.Twice)
        {
            Assert.Equal(AuthInputFault.Duplicate, Assert.IsType<InvalidAuthInputException>(thrown).Fault);
        }
        else
        {
            Assert.Null(thrown);
            model.Commit(CommitId.New(), step.Records.Select(r => (World.Keys[r.Key], r.Value)), _time.GetUtcNow());
            Assert.Equal(model.Now.Info(World.Sessions[step.Session]), info);
        }

        NoteExact(step.Handle, step.Session);
    }

    private static async IAsyncEnumerable<AuthEntry> Entries(Import step)
    {
        await Task.Yield();
        foreach (var record in step.Records)
            yield return new AuthEntry(World.Keys[record.Key], record.Value!);
        if (step is { Fault: ImportFault.Twice, Records.Count: > 0 })
            yield return new AuthEntry(World.Keys[step.Records[0].Key], new byte[] { 1 });
        if (step.Fault == ImportFault.Throws)
            throw new TimeZoneNotFoundException("The source failed.");
    }

    private async Task EnumerateAsync(Enumerate step)
    {
        var now = _models[step.Session].Now;
        var records = await ToListAsync(_stores[step.Handle].EnumerateAsync(World.Sessions[step.Session], step.Type, Cancel));
        Assert.Equal(InOrder(now).Where(k => step.Type is null || k.Type == step.Type), records.Select(r => r.Key));
        Assert.All(records, r => Assert.True(now.Agrees(r), $"{r}, but s{step.Session} is {Describe(now)}"));
        NoteExact(step.Handle, step.Session);
    }

    private async Task VerifyAsync(Verify step)
    {
        var now = _models[step.Session].Now;
        var checks = ToListAsync(_stores[step.Handle].VerifyAsync(World.Sessions[step.Session], Cancel));
        if (now.Exists)
        {
            Assert.Equal(InOrder(now).Select(k => (k, now.VersionOf(k), (EnvelopeFault?)null)), (await checks).Select(c => (c.Key, c.Version, c.Fault)));
        }
        else
        {
            await Assert.ThrowsAsync<SessionNotFoundException>(() => checks);
        }

        NoteExact(step.Handle, step.Session);
    }

    private async Task FindAsync(Find step)
    {
        var now = _models[step.Session].Now;
        Assert.Equal(now.Exists ? now.Info(World.Sessions[step.Session]) : null, await _stores[step.Handle].FindSessionAsync(World.Sessions[step.Session], Cancel));
        NoteExact(step.Handle, step.Session);
    }

    private async Task SummarizeAsync(Summarize step)
    {
        var now = _models[step.Session].Now;
        var summarizing = _stores[step.Handle].SummarizeAsync(World.Sessions[step.Session], Cancel).AsTask();
        if (now.Exists)
        {
            var summary = await summarizing;
            Assert.Equal(now.Info(World.Sessions[step.Session]), summary.Session);
            Assert.Equal(InOrder(now).GroupBy(k => k.Type).Select(t => (t.Key, (long)t.Count())), summary.Types.Select(t => (t.Type, t.Records)));
            Assert.All(summary.Types, t => Assert.True(t.StoredBytes > t.Records));
        }
        else
        {
            await Assert.ThrowsAsync<SessionNotFoundException>(() => summarizing);
        }

        // Whether a count counts as having seen the session is left open.
        _views[step.Handle, step.Session].Lives.Add(now.Life);
    }

    private async Task ListAsync(ListSessions step)
    {
        var tenant = step.Tenant is { } t ? World.Sessions[t].Tenant : null;
        Assert.Equal(ExpectedList(tenant), await ToListAsync(_stores[step.Handle].ListSessionsAsync(tenant, Cancel)));
        for (var session = 0; session < World.Sessions.Count; session++)
            _views[step.Handle, session].Lives.Add(_models[session].Now.Life);
    }

    private async Task ReopenAsync(Reopen step)
    {
        await _opened[step.Handle].DisposeAsync();
        Open(step.Handle);
    }

    private Task WaitAsync(Wait step)
    {
        _time.Advance(TimeSpan.FromSeconds(step.Seconds));
        return Task.CompletedTask;
    }

    /// <summary>At the end a new store finds everything, and no more.</summary>
    private async Task CheckEndAsync()
    {
        await ReopenAsync(new Reopen(0));
        await ListAsync(new ListSessions(0, null));
        for (var session = 0; session < World.Sessions.Count; session++)
            await EnumerateAsync(new Enumerate(0, session, null));
    }

    private IEnumerable<AuthSessionInfo> ExpectedList(string? tenant) =>
        World.Sessions.Zip(_models).Where(s => s.Second.Now.Exists && (tenant is null || s.First.Tenant == tenant)).Select(s => s.Second.Now.Info(s.First));

    private static IEnumerable<AuthKey> InOrder(Snapshot snapshot) =>
        snapshot.Records.Keys.OrderBy(k => Convert.ToHexString(Encoding.UTF8.GetBytes(k.Type)), StringComparer.Ordinal)
            .ThenBy(k => Convert.ToHexString(Encoding.UTF8.GetBytes(k.Id)), StringComparer.Ordinal);

    private static string Describe(Snapshot snapshot) =>
        $"{snapshot}: {string.Join("; ", InOrder(snapshot).Select(k => $"{k} at version {snapshot.VersionOf(k)}, {snapshot.Records[k].Value.Length} bytes"))}";

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }
}
