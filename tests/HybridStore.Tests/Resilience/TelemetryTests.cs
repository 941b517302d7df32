using Microsoft.Extensions.Logging;

namespace HybridStore.Tests.Resilience;

/// <summary>What who is paged at night gets to see of a tier that fails.</summary>
public sealed class TelemetryTests
{
    private const string Cold = "hybridstore.tier=cold";

    [Fact]
    public async Task Breaker_OpensIsProbedAndCloses_EachStateIsLoggedAndCounted()
    {
        using var fixture = new PipelineFixture();
        var failure = PipelineFixture.Down;
        for (var i = 0; i < fixture.Options.Breaker.MinimumThroughput; i++)
            await fixture.FailAsync(failure);
        fixture.Told.Look();
        fixture.Clock.Advance(fixture.Options.Breaker.BreakDuration);
        await fixture.AnswerAsync();
        fixture.Told.Look();

        Assert.Equal(
            [(LogLevel.Error, "BreakerOpened"), (LogLevel.Information, "BreakerHalfOpened"), (LogLevel.Information, "BreakerClosed")],
            fixture.Told.Logged.Select(static l => (l.Level, l.Name)));
        Assert.Same(failure, fixture.Told.Logged[0].Failure);
        Assert.All(fixture.Told.Logged, static l => Assert.Contains("cold tier tier", l.Text, StringComparison.Ordinal));
        Assert.Contains("00:00:30", fixture.Told.Logged[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("by hand: False.", fixture.Told.Logged[2].Text, StringComparison.Ordinal);
        Assert.Equal(
            ["open", "half_open", "closed"],
            fixture.Told.Counted("hybridstore.breaker.transitions").Select(static c => c.Replace($"1 {Cold} hybridstore.breaker.state=", "", StringComparison.Ordinal)));
        Assert.Equal([$"3 {Cold}", $"1 {Cold}"], fixture.Told.Counted("hybridstore.breaker.state"));
    }

    [Fact]
    public async Task Isolated_IsLoggedAndCounted_AndThatAHandReleasedIt()
    {
        using var fixture = new PipelineFixture();
        await fixture.Pipeline.IsolateAsync(PipelineFixture.Cancel);
        fixture.Told.Look();
        await fixture.Pipeline.ReleaseAsync(PipelineFixture.Cancel);

        Assert.Equal([(LogLevel.Warning, "TierIsolated"), (LogLevel.Information, "BreakerClosed")], fixture.Told.Logged.Select(static l => (l.Level, l.Name)));
        Assert.EndsWith("by hand: True.", fixture.Told.Logged[1].Text, StringComparison.Ordinal);
        Assert.Equal([$"4 {Cold}"], fixture.Told.Counted("hybridstore.breaker.state"));
        Assert.Equal(2, fixture.Told.Counted("hybridstore.breaker.transitions").Count);
    }

    [Fact]
    public async Task CallsThatAreRefused_AreCounted_AndNotLogged()
    {
        using var fixture = new PipelineFixture();
        await fixture.OpenAsync();
        var logged = fixture.Told.Logged.Count;
        await fixture.FailAsync();
        Assert.True(fixture.Pipeline.Refuses("clinic"));

        Assert.Equal([$"1 {Cold}", $"1 {Cold}"], fixture.Told.Counted("hybridstore.breaker.rejections"));
        Assert.Equal(logged, fixture.Told.Logged.Count);
    }

    [Fact]
    public async Task CallsThatAreSentAgain_AreCounted_AndToldAtDebug()
    {
        using var fixture = new PipelineFixture(static o => (o.Retry.MaxAttempts, o.Retry.BaseDelay) = (3, TimeSpan.Zero));
        var failures = 2;
        Assert.Equal(7, await fixture.RunAsync(() => failures-- > 0 ? throw PipelineFixture.Down : new ValueTask<int>(7)));

        Assert.Equal([$"1 {Cold}", $"1 {Cold}"], fixture.Told.Counted("hybridstore.tier.retries"));
        Assert.Equal([(LogLevel.Debug, "CallRetried"), (LogLevel.Debug, "CallRetried")], fixture.Told.Logged.Select(static l => (l.Level, l.Name)));
        Assert.Contains("attempt 1", fixture.Told.Logged[0].Text, StringComparison.Ordinal);
        Assert.Contains("attempt 2", fixture.Told.Logged[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallsThatTakeTooLong_AreCounted()
    {
        using var fixture = new PipelineFixture(static o => o.Timeout = TimeSpan.FromSeconds(1));
        var call = fixture.RunAsync(static () => new ValueTask<int>(new TaskCompletionSource<int>().Task)).AsTask();
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => call);

        Assert.Equal([$"1 {Cold}"], fixture.Told.Counted("hybridstore.tier.timeouts"));
    }

    [Fact]
    public async Task BreakerOfATenant_IsLoggedByName_AndIsNoStateOfTheTier()
    {
        using var fixture = new PipelineFixture();
        while (fixture.Told.Logged.Count == 0)
        {
            await fixture.AnswerAsync("sound");
            await fixture.AnswerAsync("sound");
            await fixture.FailAsync(tenant: "broken");
        }

        Assert.Equal(("TenantBreakerOpened", BreakerState.Closed), (fixture.Told.Logged[0].Name, fixture.Pipeline.State));
        Assert.Contains("tenant broken", fixture.Told.Logged[0].Text, StringComparison.Ordinal);
        Assert.Empty(fixture.Told.Counted("hybridstore.breaker.transitions"));
        fixture.Clock.Advance(fixture.Options.Breaker.BreakDuration);
        await fixture.AnswerAsync("broken");

        Assert.Equal("TenantBreakerClosed", fixture.Told.Logged[^1].Name);
    }
}
