using HybridStore.LoadTest.Measuring;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>
/// Callers that each play their messages one after the other, the next as soon as the one before has ended. That tells how much a store can do; while it stalls nothing is asked of it, so for the latency
/// that a user sees there is <see cref="OpenLoop"/>.
/// </summary>
internal static class ClosedLoop
{
    /// <summary>Plays them, and tells which were played.</summary>
    /// <param name="messages">In the order in which they come.</param>
    /// <param name="callers">How many play; all messages of one lane have the same.</param>
    /// <param name="limit">When no further message is begun.</param>
    /// <param name="play">Plays one.</param>
    /// <param name="meter">Where it is counted.</param>
    public static async Task<bool[]> RunAsync(IReadOnlyList<TraceMessage> messages, int callers, TimeSpan limit, Func<TraceMessage, ValueTask> play, PlayMeter meter)
    {
        var until = Clock.Now + (long)limit.TotalNanoseconds;
        var played = new bool[messages.Count];
        var lists = Enumerable.Range(0, callers).Select(static _ => new List<int>()).ToArray();
        for (var i = 0; i < messages.Count; i++)
            lists[Lanes.Of(messages[i], callers)].Add(i);
        await Task.WhenAll(lists.Select(list => Task.Run(async () =>
        {
            foreach (var i in list)
            {
                var begun = Clock.Now;
                if (begun >= until)
                    return;
                await play(messages[i]);
                meter.Messages.Record(Clock.Now - begun);
                played[i] = true;
            }
        })));
        return played;
    }
}
