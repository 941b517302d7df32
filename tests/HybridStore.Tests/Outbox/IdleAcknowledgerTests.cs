using HybridStore.Outbox;
using HybridStore.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.Tests.Outbox;

public sealed class IdleAcknowledgerTests : IAsyncDisposable
{
    private readonly DrainFixture _fixture = new();
    private readonly IdleAcknowledger _acknowledger;
    private readonly TaskCompletionSource _gate = new();
    private int _asked;

    public IdleAcknowledgerTests()
    {
        _acknowledger = new IdleAcknowledger(_fixture.Drain, _fixture.Clock, NullLogger.Instance);
        _gate.SetResult();
        Hold(_gate);
    }

    [Fact]
    public void Idle_IsToldOnce_AndThenTheTimerRests()
    {
        var before = _fixture.Clock.Waiting;
        var lease = Drained();
        _acknowledger.Add(lease);
        _acknowledger.Add(lease);
        Assert.Equal(before + 1, _fixture.Clock.Waiting);
        Pass(5);

        Assert.Equal(1, _asked);
        Assert.True(lease.Queue!.HotKnowsBase);
        Assert.Equal(before, _fixture.Clock.Waiting);
        _acknowledger.Add(lease);
        Assert.Equal(before, _fixture.Clock.Waiting);
    }

    [Fact]
    public void AfterARest_TheNextIsToldToo()
    {
        _acknowledger.Add(Drained());
        Pass(5);
        _acknowledger.Add(Drained());
        Pass(1);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void StillCommitting_IsNotTold_UntilItPauses()
    {
        var lease = Drained();
        _acknowledger.Add(lease);
        for (var i = 0; i < 3; i++)
        {
            DrainFixture.Queue(lease);
            lease.Queue!.Acknowledge(lease.Queue.End);
            Pass(1);
        }

        Assert.Equal(0, _asked);
        Pass(1);
        Assert.Equal(1, _asked);
        Assert.True(lease.Queue!.HotKnowsBase);
    }

    [Fact]
    public void EndedMeanwhile_IsNotTold()
    {
        var before = _fixture.Clock.Waiting;
        var lease = Drained();
        _acknowledger.Add(lease);
        Assert.True(lease.TryEnd());
        Pass(1);

        Assert.Equal(0, _asked);
        Assert.Equal(before, _fixture.Clock.Waiting);
    }

    [Fact]
    public void HotIsSlow_IsNotAskedAgainMeanwhile()
    {
        var gate = new TaskCompletionSource();
        Hold(gate);
        _acknowledger.Add(Drained());
        Pass(5);
        Assert.Equal(1, _asked);

        _acknowledger.Add(Drained());
        Pass(5);
        Assert.Equal(1, _asked);
        gate.SetResult();
        Pass(1);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void HotDoesNotAnswer_IsAskedForOneOnly_AndForAllOnceItDoes()
    {
        HeldLease[] leases = [Drained(), Drained(), Drained()];
        foreach (var lease in leases)
            _acknowledger.Add(lease);
        _fixture.Server.IsDown = true;
        Pass(1);
        Assert.Equal(1, _asked);

        _fixture.Server.IsDown = false;
        Pass(1);
        Assert.Equal(4, _asked);
        Assert.All(leases, static lease => Assert.True(lease.Queue!.HotKnowsBase));
    }

    [Fact]
    public async Task Disposed_TellsNobody()
    {
        var before = _fixture.Clock.Waiting;
        _acknowledger.Add(Drained());
        await _acknowledger.DisposeAsync();
        _acknowledger.Add(Drained());
        Pass(5);

        Assert.Equal(0, _asked);
        Assert.Equal(before, _fixture.Clock.Waiting);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private void Hold(TaskCompletionSource gate) => _fixture.Server.OnRequest = _ =>
    {
        _asked++;
        return gate.Task;
    };

    private HeldLease Drained()
    {
        var lease = _fixture.Lease();
        lease.Queue!.Acknowledge(lease.Queue.End);
        return lease;
    }

    private void Pass(int rounds) => _fixture.Clock.Advance(TimeSpan.FromMilliseconds(100 * rounds));
}
