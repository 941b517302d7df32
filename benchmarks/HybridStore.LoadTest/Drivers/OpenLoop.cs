using System.Threading.Channels;
using HybridStore.LoadTest.Measuring;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>
/// Messages come at moments that are fixed beforehand, whatever the store does. The latency of each is counted from the moment at which it was due, so that those which had to wait for a store
/// that stalled count with their waiting: what is called coordinated omission does not happen.
/// </summary>
internal static class OpenLoop
{
    /// <summary>When each message is due, in nanoseconds from the beginning.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="rate">How many come in a second.</param>
    /// <param name="random">Draws the time between two, as for users who don't know of each other (Poisson); <see langword="null"/>: all alike.</param>
    public static long[] Schedule(int count, double rate, Random? random)
    {
        var due = new long[count];
        double at = 0;
        for (var i = 0; i < count; i++)
        {
            due[i] = (long)at;
            at += 1e9 / rate * (random is null ? 1 : -Math.Log(1 - random.NextDouble()));
        }

        return due;
    }

    /// <summary>Plays them, and tells which were played. What is overdue when the time is up counts with the time that it has waited until then.</summary>
    /// <param name="messages">In the order in which they come.</param>
    /// <param name="due">When each is due.</param>
    /// <param name="lanes">How many can be played at a time.</param>
    /// <param name="limit">When no further message is begun.</param>
    /// <param name="play">Plays one.</param>
    /// <param name="meter">Where it is counted.</param>
    public static async Task<bool[]> RunAsync(
        IReadOnlyList<TraceMessage> messages, long[] due, int lanes, TimeSpan limit, Func<TraceMessage, ValueTask> play, PlayMeter meter)
    {
        var played = new bool[messages.Count];
        var channels = Enumerable.Range(0, lanes).Select(static _ => Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true })).ToArray();
        var start = Clock.Now;
        var until = start + (long)limit.TotalNanoseconds;
        var workers = channels.Select(channel => Task.Run(async () =>
        {
            await foreach (var i in channel.Reader.ReadAllAsync())
            {
                if (Clock.Now < until)
                {
                    await play(messages[i]);
                    played[i] = true;
                }

                meter.Messages.Record(Clock.Now - start - due[i]);
            }
        })).ToArray();

        // A thread of its own: one of the pool would come late when the pool is busy.
        var dispatcher = new Thread(() =>
        {
            for (var i = 0; i < due.Length && due[i] < until - start; i++)
            {
                Clock.WaitUntil(start + due[i]);
                meter.Lateness.Record(Clock.Now - start - due[i]);
                channels[Lanes.Of(messages[i], lanes)].Writer.TryWrite(i);
            }

            foreach (var channel in channels)
                channel.Writer.Complete();
        })
        { IsBackground = true, Name = "arrivals", Priority = ThreadPriority.AboveNormal };
        dispatcher.Start();
        await Task.WhenAll(workers);
        dispatcher.Join();
        return played;
    }
}
