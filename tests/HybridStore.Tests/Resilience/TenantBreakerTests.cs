using HybridStore.Resilience;

namespace HybridStore.Tests.Resilience;

/// <summary>One tenant's data must not close a tier to all, nor the tier's trouble be laid at one tenant's door.</summary>
public sealed class TenantBreakerTests : IDisposable
{
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public async Task OneFails_OthersAreAnswered_OnlyTheOneIsRefused()
    {
        for (var i = 0; i < 20; i++)
        {
            await _fixture.FailAsync(tenant: "bad");
            await _fixture.AnswerAsync("good");
        }

        Assert.Equal((BreakerState.Closed, 1), (_fixture.Pipeline.State, _fixture.Pipeline.Health.RefusedTenants));
        Assert.True(_fixture.Pipeline.Refuses("bad"));
        Assert.False(_fixture.Pipeline.Refuses("good"));
        var refused = Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync(tenant: "bad"));
        Assert.True(refused.IsBreakerOpen);
        Assert.Contains("tenant bad", refused.Message, StringComparison.Ordinal);

        // Half as many as open the tier's.
        Assert.Equal(20 + 5, _fixture.Calls);
    }

    [Fact]
    public async Task NobodyIsAnswered_TheTierOpens_AndNoTenantIsToBlame()
    {
        for (var i = 0; i < 10; i++)
            await _fixture.FailAsync(tenant: i % 2 == 0 ? "a" : "b");

        Assert.Equal((BreakerState.Open, 0), (_fixture.Pipeline.State, _fixture.Pipeline.Health.RefusedTenants));
    }

    [Fact]
    public async Task TheOnlyTenant_OpensTheTier() => await _fixture.OpenAsync("only");

    [Fact]
    public async Task AfterItsBreak_ItsOneCallCloses_AndItIsForgotten()
    {
        await OpenBadAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));
        Assert.False(_fixture.Pipeline.Refuses("bad"));

        await _fixture.AnswerAsync("bad");
        Assert.Equal(0, _fixture.Pipeline.Health.RefusedTenants);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10.1));
        await _fixture.AnswerAsync("bad");

        Assert.Equal(0, _fixture.Pipeline.TenantsWatched);
    }

    [Fact]
    public async Task AfterItsBreak_ItFailsAgain_IsRefusedAgain_AndTheTierStaysClosed()
    {
        await OpenBadAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));

        Assert.False(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync(tenant: "bad")).IsBreakerOpen);

        Assert.True(_fixture.Pipeline.Refuses("bad"));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task TheTierIsDown_ATenantWhoseBreakIsOver_DoesNotSpendItsOneCall()
    {
        await OpenBadAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        while (_fixture.Pipeline.State == BreakerState.Closed)
            await _fixture.FailAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(15));
        var asked = _fixture.Calls;

        Assert.True(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync(tenant: "bad")).IsBreakerOpen);
        Assert.Equal(asked, _fixture.Calls);
    }

    [Fact]
    public async Task OneThatIsAlsoAnsweredNowAndThen_IsTheOneToBlame()
    {
        await _fixture.FailAsync(tenant: "bad");
        await _fixture.AnswerAsync("good");
        await _fixture.AnswerAsync("bad");

        for (var i = 0; i < 20; i++)
            await _fixture.FailAsync(tenant: "bad");

        Assert.True(_fixture.Pipeline.Refuses("bad"));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(10.1, false)]
    public async Task WhatNobodyCouldJudge_CountsForAsLongAsCallsAreCounted(double seconds, bool counts)
    {
        for (var i = 0; i < 4; i++)
            await _fixture.FailAsync(tenant: "bad");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await _fixture.AnswerAsync("good");

        await _fixture.FailAsync(tenant: "bad");

        Assert.Equal(counts, _fixture.Pipeline.Refuses("bad"));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(10.1, false)]
    public async Task AnotherOnesAnswer_SaysThatTheTierIsThere_ForAsLongAsCallsAreCounted(double seconds, bool counts)
    {
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await _fixture.FailAsync(tenant: "bad");
        await _fixture.AnswerAsync("good");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(seconds));

        for (var i = 0; i < 6; i++)
            await _fixture.FailAsync(tenant: "bad");

        Assert.Equal(counts, _fixture.Pipeline.Refuses("bad"));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task ItIsStillWatched_WhileCallsAreCounted()
    {
        await _fixture.FailAsync(tenant: "bad");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        await _fixture.AnswerAsync("bad");
        Assert.Equal(1, _fixture.Pipeline.TenantsWatched);
        _fixture.Clock.Advance(TimeSpan.FromTicks(1));
        await _fixture.AnswerAsync("bad");

        Assert.Equal(0, _fixture.Pipeline.TenantsWatched);
    }

    [Fact]
    public async Task Many_ThatAreRefused_GoWhenTheyHaveNotCalledSinceTheirBreak()
    {
        for (var i = 0; i < TenantCircuits.Most; i++)
        {
            for (var j = 0; j < 5; j++)
            {
                await _fixture.FailAsync(tenant: $"t{i}");
                await _fixture.AnswerAsync("good");
                await _fixture.AnswerAsync("good");
            }
        }

        Assert.Equal((TenantCircuits.Most, BreakerState.Closed), (_fixture.Pipeline.Health.RefusedTenants, _fixture.Pipeline.State));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(40));
        await _fixture.FailAsync(tenant: "another");
        Assert.Equal(TenantCircuits.Most, _fixture.Pipeline.TenantsWatched);
        _fixture.Clock.Advance(TimeSpan.FromTicks(1));
        await _fixture.FailAsync(tenant: "another");

        Assert.Equal(1, _fixture.Pipeline.TenantsWatched);
    }

    [Fact]
    public async Task Many_AreBounded_AndTheOldestGoWhenTheyAreIdle()
    {
        var throughput = new TierResilienceOptions().Breaker.MinimumThroughput;
        for (var i = 0; i < TenantCircuits.Most + 50; i++)
        {
            await _fixture.FailAsync(tenant: $"t{i}");
            for (var j = 0; j < throughput; j++)
                await _fixture.AnswerAsync("good");
        }

        Assert.Equal(TenantCircuits.Most, _fixture.Pipeline.TenantsWatched);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.FailAsync(tenant: "another");
        Assert.Equal(1, _fixture.Pipeline.TenantsWatched);
    }

    public void Dispose() => _fixture.Dispose();

    private async Task OpenBadAsync()
    {
        while (!_fixture.Pipeline.Refuses("bad"))
        {
            await _fixture.AnswerAsync("good");
            await _fixture.FailAsync(tenant: "bad");
            await _fixture.AnswerAsync("good");
        }
    }
}
