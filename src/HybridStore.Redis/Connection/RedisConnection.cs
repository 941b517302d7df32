using HybridStore.Redis.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>The connection to Redis: made in the background, kept for ever, and always with the run that is known on it.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan OncePer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectSlack = TimeSpan.FromSeconds(5);

    private readonly RedisHotTierOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RunLearner _learner;
    private readonly bool _owns;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Task _connecting;
    private volatile IConnectionMultiplexer? _multiplexer;
    private volatile RedisRun? _run;
    private volatile string? _failure;
    private volatile string _runId = "";
    private volatile bool _disposed;
    private volatile bool _keepsEverything;
    private Task<RedisRun>? _learning;
    private string _reported = "";
    private long _doubted;
    private long _asked;

    /// <summary>Connects in the background.</summary>
    public RedisConnection(ConfigurationOptions configuration, RedisHotTierOptions options, TimeProvider time, ILogger logger)
        : this(options, time, logger, RedisEndpoints.Describe(configuration.EndPoints), owns: true)
    {
        var own = RedisOptionsParser.Own(configuration, options);
        _connecting = Task.Run(() => ConnectAsync(own, _closing.Token));
    }

    /// <summary>Uses a connection that somebody else made and disposes of.</summary>
    public RedisConnection(IConnectionMultiplexer multiplexer, RedisHotTierOptions options, TimeProvider time, ILogger logger)
        : this(options, time, logger, RedisEndpoints.Describe(multiplexer.GetEndPoints(configuredOnly: true)), owns: false)
    {
        _connecting = Task.CompletedTask;
        Use(multiplexer);
    }

    private RedisConnection(RedisHotTierOptions options, TimeProvider time, ILogger logger, string servers, bool owns)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _learner = new RunLearner(options, time);
        if (typeof(ConnectionMultiplexer).Assembly.GetName().Version is { Major: < 2 } version)
            Log.ClientTooOld(logger, version.ToString(3));
        _owns = owns;
        _connecting = null!;
        Servers = servers;
    }

    /// <summary>Raised after a connection was lost or came back: messages may have been missed. Must not block.</summary>
    public event Action? Interrupted;

    /// <summary>The servers as configured, for messages.</summary>
    public string Servers { get; }

    /// <summary>The run that was learned last; empty before the first.</summary>
    public string RunId => _runId;

    /// <summary>Whether what was acknowledged survives every restart, by the run that was learned last: a doubt about which run it is, is none about that.</summary>
    public bool KeepsEverything => _keepsEverything;

    public TimeSpan CallTimeout => _options.OperationTimeout;

    public Deadline StartCall() => new(_time, _options.OperationTimeout);

    /// <summary>The database of the present connection. Only after <see cref="RunAsync"/>.</summary>
    public IDatabase Database => Multiplexer.GetDatabase(-1, null);

    public ISubscriber Subscriber => Multiplexer.GetSubscriber(null);

    private IConnectionMultiplexer Multiplexer => _multiplexer ?? throw Unavailable();

    /// <summary>
    /// The run that was learned last, or is learned now. The server may be in another by the time that a call arrives: a script says so itself, and of an
    /// answer to a read <see cref="IsStill"/> does.
    /// </summary>
    /// <exception cref="StoreUnavailableException">No server is connected, or none says which run it is in.</exception>
    /// <exception cref="StoreUnusableException">The server's settings are refused.</exception>
    public ValueTask<RedisRun> RunAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(RedisHotTier));
        cancellationToken.ThrowIfCancellationRequested();
        if (_multiplexer is not { IsConnected: true })
        {
            AskWhy();
            throw Unavailable();
        }

        if (_run is { } run)
            return run.Refusal is null ? ValueTask.FromResult(run) : throw run.Refusal;
        return new ValueTask<RedisRun>(JoinAsync(deadline, cancellationToken));
    }

    /// <summary>Whether an answer that has just come is from that run. If not, it is learned anew by the next call.</summary>
    public bool IsStill(RedisRun run)
    {
        if (run.IsOnSameConnections)
            return true;
        Forget(run);
        return false;
    }

    /// <summary>What was learned of a run doesn't hold any more: the next call asks.</summary>
    public void Forget(RedisRun run)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_run, run))
                _run = null;
        }
    }

    /// <summary>Learns the run anew, soon and once, because something points to another one.</summary>
    public void Doubt()
    {
        _run = null;
        LearnInBackground();
    }

    /// <summary>The same for what happens with every read while it lasts: at most once a second.</summary>
    public void DoubtSometimes()
    {
        if (IsTime(ref _doubted))
            Doubt();
    }

    public async ValueTask<RedisServerReport> ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The settings may have been changed since: somebody who asks wants to know what they are now.
            if (_run is { } known)
                Forget(known);
            return (await JoinAsync(StartCall(), cancellationToken).ConfigureAwait(false)).Report;
        }
        catch (StoreUnusableException) when (_run is { } refused)
        {
            return refused.Report;
        }
        catch (StoreUnavailableException e)
        {
            return new RedisServerReport { IsConnected = false, RunId = _runId, Failure = e.Message };
        }
    }

    public StoreUnavailableException Unavailable() =>
        new(RedisErrors.TierName, $"Redis at {Servers} is not connected{(_failure is { } failure ? $": {failure}" : " yet")}.");

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_multiplexer is { } multiplexer)
        {
            multiplexer.ConnectionFailed -= OnFailed;
            multiplexer.ConnectionRestored -= OnRestored;
            multiplexer.ConfigurationChanged -= OnChanged;
            if (_owns)
                ((IDisposable)multiplexer).Dispose();
        }

        _closing.Dispose();
    }

    private async Task ConnectAsync(ConfigurationOptions configuration, CancellationToken closing)
    {
        var backoff = new ReconnectBackoff(_options.MaxReconnectDelay);
        for (var attempt = 0; !closing.IsCancellationRequested; attempt++)
        {
            try
            {
                var multiplexer = await ConnectOnceAsync(configuration).ConfigureAwait(false);
                if (closing.IsCancellationRequested)
                {
                    multiplexer.Dispose();
                    return;
                }

                AnswerOrder.SetFree(multiplexer);
                // From here on, the driver connects again by itself, even if it has not reached a server yet.
                Use(multiplexer);
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, such as a name that does not resolve: it may be gone later.
                if (!closing.IsCancellationRequested)
                    Failed(RedisErrors.ReasonOf(e) ?? (e is TimeoutException ? "no server answers in time" : e.GetType().Name));
            }

            await Task.Delay(backoff.DelayBefore(attempt), _time, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Bounded, whatever the driver waits for: it bounds each of its steps, and not all of them together.</summary>
    private async Task<ConnectionMultiplexer> ConnectOnceAsync(ConfigurationOptions configuration)
    {
        var attempt = ConnectionMultiplexer.ConnectAsync(configuration, null);
        try
        {
            return await attempt.WaitAsync(TimeSpan.FromMilliseconds(configuration.ConnectTimeout) + ConnectSlack, _time, _closing.Token).ConfigureAwait(false);
        }
        catch when (!attempt.IsCompletedSuccessfully)
        {
            _ = attempt.ContinueWith(
                static t =>
                {
                    if (t.Exception is null)
                        t.GetAwaiter().GetResult().Dispose();
                },
                CancellationToken.None,
                TaskContinuationOptions.NotOnCanceled,
                TaskScheduler.Default);
            throw;
        }
    }

    private void Use(IConnectionMultiplexer multiplexer)
    {
        multiplexer.ConnectionFailed += OnFailed;
        multiplexer.ConnectionRestored += OnRestored;
        multiplexer.ConfigurationChanged += OnChanged;
        _multiplexer = multiplexer;
        if (multiplexer.IsConnected)
            LearnInBackground();
        else
        {
            Failed("no server answers");
            AskWhy();
        }
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs e)
    {
        Failed((e.Exception is { } exception ? RedisErrors.ReasonOf(exception) : null) ?? e.FailureType.ToString());
        Interrupted?.Invoke();
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive)
            Doubt();
        Interrupted?.Invoke();
    }

    private void OnChanged(object? sender, EndPointEventArgs e) => Doubt();

    private void Failed(string reason)
    {
        // Once for each reason, not for each attempt.
        if (Interlocked.Exchange(ref _failure, reason) != reason)
            Log.Unreachable(_logger, Servers, reason);
    }

    /// <summary>The driver tells why it did not connect only to who calls it, and not always: somebody has to call.</summary>
    private void AskWhy()
    {
        if (_multiplexer is not { } multiplexer || !IsTime(ref _asked))
            return;
        _ = Task.Run(async () =>
        {
            try
            {
                await multiplexer.GetDatabase(-1, null).PingAsync(CommandFlags.DemandMaster).WaitAsync(_options.OperationTimeout, _time).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                if (RedisErrors.ReasonOf(e) is { } reason && _multiplexer is { IsConnected: false })
                    Failed(reason);
            }
        });
    }

    private bool IsTime(ref long last)
    {
        var before = Volatile.Read(ref last);
        return (before == 0 || _time.GetElapsedTime(before) >= OncePer) && Interlocked.CompareExchange(ref last, _time.GetTimestamp(), before) == before;
    }

    private void LearnInBackground() => _ = Task.Run(async () =>
    {
        try
        {
            await JoinAsync(StartCall(), _closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthStoreException or OperationCanceledException or ObjectDisposedException)
        {
            // Told already where it was found, and the next call asks again.
        }
    });

    /// <summary>Everybody who needs to know waits for the same answer; who gives up does not stop it.</summary>
    private async Task<RedisRun> JoinAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        Task<RedisRun> learning;
        lock (_gate)
            learning = _learning ??= Task.Run(LearnAsync);
        try
        {
            var run = await deadline.WaitAsync(learning, cancellationToken).ConfigureAwait(false);
            return run.Refusal is null ? run : throw run.Refusal;
        }
        catch (Exception e) when (RedisErrors.IsOurs(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RedisErrors.Translate(e, "start", Servers);
        }
    }

    private async Task<RedisRun> LearnAsync()
    {
        try
        {
            var run = await _learner.LearnAsync(Multiplexer).ConfigureAwait(false);
            lock (_gate)
            {
                _run = run;
                _runId = run.RunId;
                _keepsEverything = run.Report.KeepsEverything;
                _learning = null;
            }

            _failure = null;
            Tell(run);
            return run;
        }
        catch
        {
            lock (_gate)
                _learning = null;
            throw;
        }
    }

    private void Tell(RedisRun run)
    {
        var told = $"{run.RunId} {string.Join(' ', run.Report.Findings.Select(static f => f.Kind))}";
        if (Interlocked.Exchange(ref _reported, told) == told)
            return;
        Log.Connected(_logger, Servers, run.Report.Version, run.RunId, run.Report.KeepsEverything);
        foreach (var finding in run.Report.Findings)
        {
            if (run.Refusal is not null && finding.IsUnsafe)
                Log.Refused(_logger, finding.Message);
            else
                Log.Finding(_logger, finding.Message);
        }
    }
}
