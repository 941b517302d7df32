using System.Collections.Concurrent;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>What the tier says of a server that may lose sessions, and what it does about it.</summary>
public sealed class RedisColdTierSafetyTests : ColdTest
{
    [Theory]
    [InlineData("--appendonly", "no", "keeps nothing over a restart")]
    [InlineData("--maxmemory-policy", "allkeys-lru", "may evict sessions")]
    public async Task Start_ServerThatMayLoseSessions_WarnsOrRefuses(string setting, string value, string told)
    {
        await StartAsync("--appendonly", "yes", "--maxmemory", "100mb", setting, value);
        var log = new Messages();
        var warned = Open(logger: log);

        await warned.InitializeAsync(Cancel);

        Assert.Single(log.Warnings, m => m.Contains(told, StringComparison.Ordinal));
        Assert.Equal(ColdCommitStatus.Committed, (await warned.CommitAsync(Creation(Patch(Set("a"))), Cancel)).Status);
        var refused = Open(o => o.UnsafeServer = UnsafeServer.Refuse);
        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(async () => await refused.InitializeAsync(Cancel));
        Assert.Equal(StoreUnusableReason.Unsafe, refusal.Reason);
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await refused.ReadAsync(Session, [], false, Cancel));
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await refused.CommitAsync(Commit(Patch(Set("a"))), Cancel));
    }

    [Fact]
    public async Task Start_SafeServer_SaysOnceHowDurableItIsAndIsTakenByWhoRefusesOthers()
    {
        await StartDurableAsync();
        var log = new Messages();
        var tier = Open(o => o.UnsafeServer = UnsafeServer.Refuse, log);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await tier.InitializeAsync(Cancel), Cancel)));
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);

        var said = Assert.Single(log.Warnings, static m => m.Contains("The sessions", StringComparison.Ordinal) || m.Contains("nowhere else", StringComparison.Ordinal));
        Assert.Contains("in Redis at 127.0.0.1", said, StringComparison.Ordinal);
        Assert.Contains("appendfsync: always", said, StringComparison.Ordinal);
    }

    private sealed class Messages : ILogger<RedisColdTier>
    {
        private readonly ConcurrentQueue<string> _warnings = new();

        public IReadOnlyCollection<string> Warnings => _warnings;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
                _warnings.Enqueue(formatter(state, exception));
        }
    }
}
