using HybridStore.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridStore.Tests.Resilience;

public class ResilienceOptionsTests
{
    [Fact]
    public void Defaults_AreTheDesignS()
    {
        var options = new HybridAuthStoreOptions().Resilience;

        Assert.All(
            [options.Cold.Breaker, options.Hot.Breaker],
            static b => Assert.Equal(
                (true, 0.5, TimeSpan.FromSeconds(10), 10, TimeSpan.FromSeconds(30)), (b.Enabled, b.FailureRatio, b.SamplingDuration, b.MinimumThroughput, b.BreakDuration)));
        Assert.Equal((3, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10)), (options.Cold.Retry.MaxAttempts, options.Cold.Retry.Deadline, options.Cold.Timeout));
        Assert.Equal((2, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan), (options.Hot.Retry.MaxAttempts, options.Hot.Retry.Deadline, options.Hot.Timeout));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Faults_OutOfRange_EachIsNamed(bool ofHot)
    {
        var name = ofHot ? "Resilience.Hot" : "Resilience.Cold";
        var faults = Faults(o =>
        {
            var tier = ofHot ? o.Resilience.Hot : o.Resilience.Cold;
            tier.Breaker.FailureRatio = 0;
            tier.Breaker.SamplingDuration = TimeSpan.FromMilliseconds(499);
            tier.Breaker.MinimumThroughput = 1;
            tier.Breaker.BreakDuration = TimeSpan.FromHours(2);
            tier.Retry.MaxAttempts = 0;
            tier.Retry.BaseDelay = TimeSpan.FromSeconds(-1);
            tier.Retry.MaxDelay = TimeSpan.FromMinutes(2);
            tier.Retry.Deadline = TimeSpan.Zero;
            tier.Timeout = TimeSpan.Zero;
        });

        Assert.Equal(
            ["Breaker.FailureRatio", "Breaker.SamplingDuration", "Breaker.MinimumThroughput", "Breaker.BreakDuration", "Retry.MaxAttempts", "Retry.BaseDelay", "Retry.MaxDelay", "Retry.Deadline", "Timeout"],
            faults.Select(f => f.Split(' ')[0][(name.Length + 1)..]));
        Assert.All(faults, f => Assert.StartsWith(name, f, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_AtTheEndsOfTheRanges_None() => Assert.Empty(Faults(static o =>
    {
        var tier = o.Resilience.Cold;
        tier.Breaker.FailureRatio = 1;
        tier.Breaker.SamplingDuration = tier.Breaker.BreakDuration = TimeSpan.FromMilliseconds(500);
        tier.Breaker.MinimumThroughput = 2;
        tier.Retry.MaxAttempts = 1;
        tier.Retry.BaseDelay = tier.Retry.MaxDelay = TimeSpan.Zero;
        tier.Retry.Deadline = TimeSpan.FromHours(1);
        tier.Timeout = Timeout.InfiniteTimeSpan;
    }));

    [Fact]
    public async Task TheEndsOfTheRanges_MakeAStore()
    {
        foreach (var atTheTop in (bool[])[false, true])
        {
            var options = new HybridAuthStoreOptions { Encryption = { MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64() } };
            foreach (var tier in (TierResilienceOptions[])[options.Resilience.Cold, options.Resilience.Hot])
            {
                tier.Breaker.FailureRatio = atTheTop ? 1 : double.Epsilon;
                tier.Breaker.SamplingDuration = tier.Breaker.BreakDuration = atTheTop ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(500);
                tier.Breaker.MinimumThroughput = atTheTop ? 1_000_000 : 2;
                tier.Retry.MaxAttempts = atTheTop ? 100 : 1;
                tier.Retry.BaseDelay = tier.Retry.MaxDelay = atTheTop ? TimeSpan.FromMinutes(1) : TimeSpan.Zero;
                tier.Retry.Deadline = tier.Timeout = atTheTop ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(10);
            }

            await using var store = new HybridAuthStore(new HybridStore.InMemory.InMemoryColdTier(), new HybridStore.InMemory.InMemoryHotTier(1024 * 1024), options);
            Assert.Equal((BreakerState.Closed, BreakerState.Closed), (store.Resilience.Cold.State, store.Resilience.Hot!.State));
        }
    }

    [Theory]
    [InlineData("HYBRIDSTORE_COLD_")]
    [InlineData("HYBRIDSTORE_HOT_")]
    public void Environment_EveryVariableIsRead(string prefix)
    {
        var options = Configure(new()
        {
            [prefix + "TIMEOUT"] = "00:00:01",
            [prefix + "BREAKER"] = "false",
            [prefix + "BREAKER_FAILURE_RATIO"] = "0.25",
            [prefix + "BREAKER_SAMPLING_DURATION"] = "00:00:02",
            [prefix + "BREAKER_MINIMUM_THROUGHPUT"] = "33",
            [prefix + "BREAKER_BREAK_DURATION"] = "00:00:04",
            [prefix + "RETRY_MAX_ATTEMPTS"] = "5",
            [prefix + "RETRY_BASE_DELAY"] = "00:00:00.006",
            [prefix + "RETRY_MAX_DELAY"] = "00:00:07",
            [prefix + "RETRY_DEADLINE"] = "00:00:08",
        }).Resilience;

        var (tier, other) = prefix == "HYBRIDSTORE_COLD_" ? (options.Cold, options.Hot) : (options.Hot, options.Cold);
        Assert.Equal(TimeSpan.FromSeconds(1), tier.Timeout);
        Assert.Equal(
            (false, 0.25, TimeSpan.FromSeconds(2), 33, TimeSpan.FromSeconds(4)),
            (tier.Breaker.Enabled, tier.Breaker.FailureRatio, tier.Breaker.SamplingDuration, tier.Breaker.MinimumThroughput, tier.Breaker.BreakDuration));
        Assert.Equal(
            (5, TimeSpan.FromMilliseconds(6), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8)),
            (tier.Retry.MaxAttempts, tier.Retry.BaseDelay, tier.Retry.MaxDelay, tier.Retry.Deadline));
        Assert.True(other.Breaker.Enabled);
    }

    [Fact]
    public void Environment_NotUnderstood_IsNamed()
    {
        var e = Assert.Throws<OptionsValidationException>(() => Configure(new() { ["HYBRIDSTORE_HOT_BREAKER_FAILURE_RATIO"] = "half" }));

        Assert.Contains("HYBRIDSTORE_HOT_BREAKER_FAILURE_RATIO", e.Message, StringComparison.Ordinal);
    }

    private static List<string> Faults(Action<HybridAuthStoreOptions> configure)
    {
        var options = new HybridAuthStoreOptions { Encryption = { MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64() } };
        configure(options);
        return [.. HybridAuthStoreOptionsValidation.Faults(options)];
    }

    private static HybridAuthStoreOptions Configure(Dictionary<string, string> variables)
    {
        var options = new HybridAuthStoreOptions();
        new EnvironmentOptions(Options.DefaultName, variables.GetValueOrDefault).Configure(options);
        return options;
    }
}
