using HybridStore.Conformance;
using HybridStore.Diagnostics;
using HybridStore.Resilience;

namespace HybridStore.Tests.Resilience;

/// <summary>The pipeline of a tier that answers as a test says.</summary>
internal sealed class PipelineFixture : IDisposable
{
    private readonly StoreMetrics _metrics = new();

    public PipelineFixture(Action<TierResilienceOptions>? configure = null, TimeSpan? callTimeout = null, bool runsInline = false)
    {
        Told = new PipelineTelemetry(_metrics.Meter);
        Options = new TierResilienceOptions { Timeout = Timeout.InfiniteTimeSpan };
        Options.Retry.MaxAttempts = 1;
        configure?.Invoke(Options);

        // Half of the largest jitter: each pause is what it is on the average.
        _metrics.ShowBreakers(() => [(AuthTier.Cold, Pipeline!.State)]);
        Pipeline = new TierPipeline(AuthTier.Cold, "tier", Options, Clock, Told, _metrics, static () => 0.5, () => Run, callTimeout, runsInline);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ManualClock Clock { get; } = new();

    public TierResilienceOptions Options { get; }

    public TierPipeline Pipeline { get; }

    /// <summary>What it logged and counted.</summary>
    public PipelineTelemetry Told { get; }

    /// <summary>The tier's run, which it finds out by itself.</summary>
    public string Run { get; set; } = "";

    /// <summary>How often the tier was asked.</summary>
    public int Calls { get; private set; }

    public static StoreUnavailableException Down => new("tier", "It is down.");

    public static TierCall Read(string? tenant = null, bool mayRetry = true) => new("read", tenant, mayRetry);

    /// <summary>Makes a call that the tier answers.</summary>
    public ValueTask<int> AnswerAsync(string? tenant = null) => RunAsync(static () => new ValueTask<int>(1), tenant);

    /// <summary>Makes a call that fails, and gives what came of it.</summary>
    public async Task<Exception> FailAsync(Exception? failure = null, string? tenant = null) =>
        await Assert.ThrowsAnyAsync<Exception>(async () => await RunAsync(() => throw failure ?? Down, tenant));

    public ValueTask<int> RunAsync(Func<ValueTask<int>> answer, string? tenant = null, TierCall? call = null) => RunUntilAsync(answer, call ?? Read(tenant), CancellationToken.None);

    /// <summary>Makes a call whose caller may give up.</summary>
    public ValueTask<int> RunUntilAsync(Func<ValueTask<int>> answer, TierCall call, CancellationToken caller) => Pipeline.RunAsync(
        call,
        answer,
        (a, _) =>
        {
            Calls++;
            return a();
        },
        caller);

    /// <summary>As many failures as open the breaker.</summary>
    public async Task OpenAsync(string? tenant = null)
    {
        for (var i = 0; i < Options.Breaker.MinimumThroughput; i++)
            await FailAsync(tenant: tenant);
        Assert.Equal(BreakerState.Open, Pipeline.State);
    }

    public void Dispose()
    {
        Told.Dispose();
        _metrics.Dispose();
    }
}
