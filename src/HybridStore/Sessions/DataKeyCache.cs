using System.Collections.Concurrent;

namespace HybridStore.Sessions;

/// <summary>Bounds the unwrapped data keys that a process holds: those of sessions without a lease, by number and by age. A lease keeps its session's keys, whatever becomes of cold.</summary>
/// <param name="capacity">Of how many sessions.</param>
/// <param name="duration">How long.</param>
/// <param name="time">The clock.</param>
internal sealed class DataKeyCache(int capacity, TimeSpan duration, TimeProvider time)
{
    private readonly ConcurrentQueue<SessionState> _states = new();
    private readonly long _duration = (long)Math.Min(duration.TotalSeconds * time.TimestampFrequency, long.MaxValue / 2);
    private int _count;

    public long Now => time.GetTimestamp();

    /// <summary>Until when keys are good that were unwrapped now.</summary>
    public long GoodUntil => time.GetTimestamp() + _duration;

    /// <summary>How many sessions' keys are counted.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts a session that was given keys; the oldest others let go of theirs where there are too many.</summary>
    public void Add(SessionState state)
    {
        if (!state.TryBeginToCountKeys())
            return;
        _states.Enqueue(state);
        var excess = Interlocked.Increment(ref _count) - capacity;

        // Once around at most: those that are held come to the end again.
        for (var i = _states.Count; excess > 0 && i > 0 && _states.TryDequeue(out var oldest); i--)
        {
            if (oldest.Lease is not null || ReferenceEquals(oldest, state))
            {
                _states.Enqueue(oldest);
                continue;
            }

            oldest.EndToCountKeys();
            Interlocked.Decrement(ref _count);
            excess--;
        }
    }
}
