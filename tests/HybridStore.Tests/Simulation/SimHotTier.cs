using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>A hot tier behind a network: of one process, or shared by all, as Redis is.</summary>
internal sealed class SimHotTier : IHotTier
{
    private readonly Func<IHotTier> _tier;
    private readonly SimHotServer _server;
    private readonly SimScheduler _scheduler;
    private readonly SimProcess _process;
    private readonly SimHistory _history;
    private readonly TimeProvider _time;
    private string? _run;

    public SimHotTier(SimHotServer server, SimScheduler scheduler, SimProcess process, SimHistory history, TimeProvider time, SimPlant plant)
    {
        _server = server;
        _tier = server.Connect();
        _scheduler = scheduler;
        _process = process;
        _history = history;
        _time = time;
        Plant = plant;
        Outbox = _tier().Outbox is { } outbox ? new SimHotOutbox(this, outbox, scheduler, process, history) : null;
    }

    public SimFaults Faults { get; set; } = SimFaults.None;

    public SimPlant Plant { get; }

    /// <summary>Whether this process does not reach it.</summary>
    public bool IsDown { get; set; }

    public string Name => "hot";

    /// <summary>As the last answer said that came here.</summary>
    public string RunId => _run ?? (Outbox is null ? _tier().RunId : "");

    public IHotOutbox? Outbox { get; }

    public IHotChanges? Changes => null;

    public ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        AskAsync("hot read", async t => Bend(await t.ReadAsync(session, keys, withDataKeys, cancellationToken)));

    public ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken) =>
        AskAsync($"hot fill at {fill.Meta.Version}", t => t.FillAsync(fill, cancellationToken));

    public ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken) =>
        AskAsync($"hot apply {apply.Meta.Version}", t =>
        {
            _history.GivenToHot(apply.Session, new SeenMark(apply.Meta.Incarnation, apply.Meta.Version));
            return t.ApplyAsync(apply, cancellationToken);
        });

    public async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync("hot evict", async t =>
            {
                await t.EvictAsync(session, cancellationToken);
                return true;
            });
        }
        catch (StoreUnavailableException)
        {
            _history.NotEvicted(session);
            throw;
        }
    }

    public ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken)
    {
        var left = Left(vouchesFor);
        return AskAsync($"hot epoch {lease.Epoch}", async t => Bend(await t.InstallEpochAsync(lease, left(), cancellationToken), lease), vouches: true);
    }

    /// <summary>How much is left of a time when a call arrives: it begins when the call is sent.</summary>
    public Func<TimeSpan> Left(TimeSpan validFor)
    {
        var sent = _time.GetUtcNow();
        return () => validFor - (_time.GetUtcNow() - sent);
    }

    /// <summary>The epoch that hot has now.</summary>
    public async ValueTask<long?> OutboxEpochAsync(AuthSessionId session) => (await _tier().ReadAsync(session, [], false, CancellationToken.None)).Outbox?.Epoch;

    /// <summary>Takes entries for drained, on no way that could fail.</summary>
    public void AcknowledgeNow(LeaseRef lease, long incarnation, long version) =>
        _ = _tier().Outbox!.AcknowledgeAsync(lease, incarnation, version, CancellationToken.None).AsTask();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask<T> AskAsync<T>(string what, Func<IHotTier, ValueTask<T>> ask, bool vouches = false) => AskAsync(what, ask, static e => e, vouches);

    /// <summary>Asks, with all that can happen on the way there and back.</summary>
    /// <param name="what">What for.</param>
    /// <param name="ask">The call; the tier itself never waits.</param>
    /// <param name="unknown">What is thrown where it may have been done.</param>
    /// <param name="vouches">Whether it vouches for the outbox: see the readme for what that can't do late.</param>
    public async ValueTask<T> AskAsync<T>(string what, Func<IHotTier, ValueTask<T>> ask, Func<StoreUnavailableException, Exception> unknown, bool vouches = false)
    {
        await _scheduler.Step(_process, what, isRequest: true);
        if (_server.IsDown || IsDown || (_server.IsFull && !what.Contains("read", StringComparison.Ordinal)) || _scheduler.Chance(Faults.AtOnce))
        {
            await _scheduler.Step(_process, what + ": refused");
            throw Failed(what);
        }

        if (_scheduler.Chance(Faults.Late))
        {
            _ = LaterAsync(what, ask, vouches);
            await _scheduler.Step(_process, what + ": given up");
            throw unknown(Failed(what));
        }

        var tier = _tier();
        var answer = await ask(tier);
        var run = tier.RunId;
        await _scheduler.Step(_process, $"{what}: {(answer is HotRead ? "reply" : answer)}");
        if (_server.IsDown || IsDown || _scheduler.Chance(Faults.ReplyLost))
            throw unknown(Failed(what));
        _run = run;
        return answer;
    }

    private async Task LaterAsync<T>(string what, Func<IHotTier, ValueTask<T>> ask, bool vouches)
    {
        var emptied = _server.Emptied;
        for (var i = _scheduler.Random.Next(12); i >= 0; i--)
            await _scheduler.Step(null, "a late call of hot");
        if (!vouches || emptied == _server.Emptied)
            _scheduler.Note(_process, $"{what} arrives late: {await ask(_tier())}");
    }

    private HotRead Bend(HotRead read) => Plant switch
    {
        SimPlant.EternalHot when read.Meta is { } meta => With(read, meta with { GoodUntil = DateTimeOffset.MaxValue }, read.Outbox),
        SimPlant.FillVouches when read.Meta is { } meta => With(read, meta, Vouched(read.Outbox, meta.Incarnation, meta.Epoch, meta.Version, read.RunId)),
        SimPlant.HolderIgnored when read.Outbox is { } outbox => With(read, read.Meta, outbox with { HolderLives = false }),
        _ => read,
    };

    private HotInstallation Bend(HotInstallation installed, LeaseRef lease) => Plant switch
    {
        SimPlant.TakeoverWithoutDrain when installed.Former is { } former => installed with { Former = former with { Version = former.DrainedVersion } },
        SimPlant.HolderIgnored when installed.Former is { } former => installed with { Former = former with { HolderLives = false } },
        SimPlant.LossBelieved or SimPlant.FillVouches => installed with { Former = Vouched(installed.Former, installed.Former?.Incarnation ?? 0, lease.Epoch - 1, 0, installed.RunId) },
        _ => installed,
    };

    // As if whatever is there, or is not, had been vouched for in this run.
    private static HotOutboxState Vouched(HotOutboxState? state, long incarnation, long epoch, long version, string run) => state is null
        ? new HotOutboxState { Incarnation = incarnation, Epoch = epoch, Version = version, DrainedVersion = version, RunId = run }
        : state with { RunId = run };

    private static HotRead With(HotRead read, HotMeta? meta, HotOutboxState? outbox) => new()
    {
        Meta = meta,
        RunId = read.RunId,
        Generation = read.Generation,
        Records = read.Records,
        Outbox = outbox,
        DataKeys = read.DataKeys,
    };

    private static StoreUnavailableException Failed(string what) => new("hot", $"The {what} failed.");
}
