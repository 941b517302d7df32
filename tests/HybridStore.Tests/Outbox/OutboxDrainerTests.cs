using HybridStore.Conformance;
using HybridStore.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.Tests.Outbox;

public sealed class OutboxDrainerTests : IAsyncDisposable
{
    private readonly DrainFixture _fixture = new();
    private readonly OutboxDrainer _drainer;
    private int _kept;

    public OutboxDrainerTests() => _drainer = new OutboxDrainer(
        _fixture.Drain,
        _ =>
        {
            _kept++;
            return ValueTask.CompletedTask;
        },
        _fixture.Clock,
        runsInline: true,
        NullLogger.Instance);

    [Fact]
    public void ColdDoesNotAnswer_IsTriedLessAndLessOften_AndHotIsKeptWholeEachTime()
    {
        _fixture.ColdRefuses = true;
        _drainer.Schedule(_fixture.Lease());
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        // From a tenth of a second, twice as long each time, to fifteen seconds.
        Assert.Equal([0, 100, 300, 700, 1500, 3100, 6300, 12_700, 25_500, 40_500, 55_500], _fixture.Tries);
        Assert.Equal(_fixture.Tries.Count, _kept);
    }

    [Fact]
    public void Wake_TriesAtOnce_AndSoonAgain()
    {
        _fixture.ColdRefuses = true;
        _drainer.Schedule(_fixture.Lease());
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        _fixture.Tries.Clear();
        _drainer.Wake();
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(700));

        Assert.Equal([20_000, 20_100, 20_300, 20_700], _fixture.Tries);
    }

    [Fact]
    public void Schedule_WhatIsBeingDrained_DoesNotDrainItTwice()
    {
        _fixture.ColdRefuses = true;
        var lease = _fixture.Lease();
        _drainer.Schedule(lease);
        _drainer.Schedule(lease);
        Assert.Single(_fixture.Tries);
    }

    [Fact]
    public void ManySessions_AreDrainedSideBySide_ButNotAllAtOnce()
    {
        var gate = new TaskCompletionSource();
        _fixture.Cold.Probe.Before = _ => gate.Task;
        for (var i = 0; i < 70; i++)
            _drainer.Schedule(_fixture.Lease());
        Assert.Equal(64, _fixture.Cold.Probe.Count(TierOperation.Commit));

        gate.SetException(new StoreUnavailableException("memory", "It is down."));
        Assert.Equal(70, _fixture.Cold.Probe.Count(TierOperation.Commit));
    }

    [Fact]
    public async Task Dispose_EndsWhatWaits_AndNothingIsTriedAfterIt()
    {
        _fixture.ColdRefuses = true;
        _drainer.Schedule(_fixture.Lease());
        await _drainer.DisposeAsync();
        _drainer.Schedule(_fixture.Lease());
        _drainer.Wake();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([0], _fixture.Tries);
        Assert.Equal(0, _fixture.Clock.Waiting);
    }

    [Fact]
    public async Task Wait_ColdDoesNotAnswer_TriesLessAndLessOften_UntilTheTimeIsOver()
    {
        _fixture.ColdRefuses = true;
        var waiting = _drainer.WaitAsync(_fixture.Lease(), TimeSpan.FromSeconds(1));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await waiting);
        Assert.Equal([0, 100, 300, 700, 1000], _fixture.Tries);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
