using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Measuring;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Tests;

public class OpenLoopTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Messages_that_were_due_while_the_store_stalled_count_from_when_they_were_due()
    {
        const int Count = 50;
        const int Apart = 1_000_000;
        var meter = new PlayMeter();
        var stalled = new TaskCompletionSource();
        var running = OpenLoop.RunAsync(
            Messages(Count, lane: static _ => 0), OpenLoop.Schedule(Count, rate: 1000, random: null), lanes: 1, Long,
            async m => await (NumberOf(m) == 0 ? stalled.Task : Task.CompletedTask), meter);

        // The store goes on after all of them were due.
        while (meter.Lateness.Count < Count)
            await Task.Yield();
        stalled.SetResult();

        Assert.All(await running, Assert.True);
        Assert.Equal(Count, meter.Messages.Count);

        // The first waited for 49 ms, the second for 48, and so on: each at least so long.
        Assert.True(meter.Messages.Max >= (Count - 1L) * Apart);
        Assert.True(meter.Messages.Percentile(50) >= (Count / 2 - 1L) * Apart);
    }

    [Fact]
    public async Task Closed_loop_asks_nothing_while_the_store_stalls()
    {
        var meter = new PlayMeter();
        var stalled = new TaskCompletionSource();
        var asked = 0;
        var running = ClosedLoop.RunAsync(
            Messages(50, lane: _ => 0), callers: 1, Long,
            async _ =>
            {
                Interlocked.Increment(ref asked);
                await stalled.Task;
            },
            meter);
        while (Volatile.Read(ref asked) == 0)
            await Task.Yield();

        Assert.Equal(1, Volatile.Read(ref asked));
        stalled.SetResult();
        Assert.All(await running, Assert.True);
        Assert.Equal(50, asked);
    }

    [Fact]
    public async Task What_was_not_played_in_time_counts_with_its_waiting()
    {
        var meter = new PlayMeter();
        var stalled = new TaskCompletionSource();
        var running = OpenLoop.RunAsync(
            Messages(20, lane: _ => 0), OpenLoop.Schedule(20, rate: 1_000_000, random: null), lanes: 1, TimeSpan.FromMilliseconds(50), async _ => await stalled.Task, meter);
        var begun = Clock.Now;
        while (Clock.Now - begun < 60_000_000)
            await Task.Yield();
        stalled.SetResult();

        var played = await running;

        Assert.InRange(played.Count(static p => p), 0, 1);
        Assert.Equal(20, meter.Messages.Count);
        Assert.True(meter.Messages.Percentile(1) >= 50_000_000 - 1_000_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Messages_of_one_lane_are_played_in_order(int lanes)
    {
        var seen = new List<TraceMessage>();
        var messages = Messages(500, lane: static i => i % 5);

        await OpenLoop.RunAsync(
            messages, OpenLoop.Schedule(500, rate: 1e6, random: null), lanes, Long,
            async m =>
            {
                await Task.Yield();
                lock (seen)
                    seen.Add(m);
            },
            new PlayMeter());

        Assert.Equal(500, seen.Count);
        foreach (var lane in seen.GroupBy(static m => m.Lane))
            Assert.Equal(lane.OrderBy(NumberOf), lane);
    }

    [Fact]
    public void A_schedule_has_the_rate_that_was_asked_for()
    {
        Assert.Equal([0, 2_000_000, 4_000_000], OpenLoop.Schedule(3, rate: 500, random: null));
        var poisson = OpenLoop.Schedule(20_000, rate: 500, new Random(3));
        Assert.Equal(poisson, OpenLoop.Schedule(20_000, rate: 500, new Random(3)));
        Assert.InRange(poisson[^1] / 1e9, 39, 41);
        Assert.True(poisson.Zip(poisson.Skip(1), static (a, b) => b - a).Distinct().Count() > 1000);
    }

    private static TraceMessage[] Messages(int count, Func<int, int> lane) =>
        [.. Enumerable.Range(0, count).Select(i => new TraceMessage(0, lane(i), [new TraceOperation.Get(new AuthKey("n", $"{i}"), i)]))];

    private static int NumberOf(TraceMessage message) => ((TraceOperation.Get)message.Operations[0]).Size;
}
