namespace HybridStore.Conformance;

/// <summary>A clock that stands still until a test moves it, for tiers and stores that take a <see cref="TimeProvider"/>; timers fire on the way, in order.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _sync = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private long _steady;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_sync)
            return _now;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_sync)
            return _steady;
    }

    /// <summary>Moves the clock.</summary>
    /// <param name="by">How far, ahead.</param>
    public void Advance(TimeSpan by)
    {
        var until = GetTimestamp() + by.Ticks;
        while (true)
        {
            ManualTimer? next;
            lock (_sync)
            {
                next = _timers.Where(t => t.Due <= until).MinBy(t => t.Due);
                MoveTo(next?.Due ?? until);
                next?.Fired(_timers);
            }

            if (next is null)
                return;
            next.Callback(next.State);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(long steady)
    {
        if (steady <= _steady)
            return;
        _now += TimeSpan.FromTicks(steady - _steady);
        _steady = steady;
    }

    private sealed class ManualTimer(ManualClock time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long Due { get; private set; }

        public TimerCallback Callback => callback;

        public object? State => state;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._sync)
            {
                time._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._steady + dueTime.Ticks;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Fired(List<ManualTimer> timers)
        {
            if (_period > TimeSpan.Zero)
                Due += _period.Ticks;
            else
                timers.Remove(this);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
