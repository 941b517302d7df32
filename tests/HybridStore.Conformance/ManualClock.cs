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

    /// <summary>How many timers are waiting to fire.</summary>
    public int Waiting
    {
        get
        {
            lock (_sync)
                return _timers.Count;
        }
    }

    /// <summary>Whether somebody waits for a moment, and not only a heartbeat that comes again and again.</summary>
    public bool HasDelay
    {
        get
        {
            lock (_sync)
                return _timers.Any(static t => !t.IsPeriodic);
        }
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

    /// <summary>Lets the time pass as it does for a process that is stopped: timers fire only when it goes on.</summary>
    /// <param name="by">How far, ahead.</param>
    public void Pause(TimeSpan by)
    {
        lock (_sync)
            MoveTo(_steady + by.Ticks);
    }

    /// <summary>Sets the wall clock, as an administrator may; the steady one goes on as it did.</summary>
    /// <param name="by">How far, ahead or back.</param>
    public void SetClock(TimeSpan by)
    {
        lock (_sync)
            _now += by;
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

        public bool IsPeriodic => _period > TimeSpan.Zero;

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
            if (IsPeriodic)
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
