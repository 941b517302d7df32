using BenchmarkDotNet.Attributes;
using HybridStore.Diagnostics;
using HybridStore.Resilience;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.Benchmarks;

/// <summary>What the closed pipelines add to a call of a tier: nothing in between where a hot read is made, and the layers of all other calls.</summary>
[Config(typeof(InMemoryProfile))]
public class PipelineBenchmarks : IDisposable
{
    private readonly StoreMetrics _metrics = new();
    private TierPipeline _hot = null!;
    private TierPipeline _cold = null!;

    [GlobalSetup]
    public void Setup()
    {
        var options = new ResilienceOptions();
        _hot = new TierPipeline(AuthTier.Hot, "hot", options.Hot, TimeProvider.System, NullLogger.Instance, _metrics);
        _cold = new TierPipeline(AuthTier.Cold, "cold", options.Cold, TimeProvider.System, NullLogger.Instance, _metrics);
    }

    /// <summary>A tier that answers at once.</summary>
    [Benchmark(Baseline = true)]
    public async ValueTask<int> Direct() => await AnswerAsync().ConfigureAwait(false);

    /// <summary>The same, told to the breaker afterwards, as hot reads are.</summary>
    [Benchmark]
    public async ValueTask<int> HotRead()
    {
        if (!_hot.TryBegin("tenant", out var direct))
            throw new InvalidOperationException("The breaker is open.");
        var answer = await AnswerAsync().ConfigureAwait(false);
        await _hot.EndAsync(direct).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Through all layers of cold: retry, breaker, time limit.</summary>
    [Benchmark]
    public ValueTask<int> ColdCall() => _cold.RunAsync(new TierCall("read", "tenant"), 0, static (_, _) => AnswerAsync(), CancellationToken.None);

    public void Dispose()
    {
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ValueTask<int> AnswerAsync() => new(1);
}
