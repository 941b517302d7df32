using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Sessions;

/// <summary>A lease that this process holds, as far as it knows, and until when it may believe so.</summary>
/// <remarks>
/// What it believes ends before cold's record of it does: it counts from before cold was asked, and only four fifths of the duration, so that whoever
/// is told has the rest of the time to stop sending.
/// </remarks>
internal sealed class HeldLease
{
    private readonly TimeProvider _time;
    private LazySignal _lost;
    private LazySignal _rolledBack;
    private long _deadline;
    private long _deadlineUtc;
    private int _ended;

    public HeldLease(LeaseRef reference, SessionState state, TimeProvider time)
    {
        Ref = reference;
        State = state;
        _time = time;
    }

    public LeaseRef Ref { get; }

    public SessionState State { get; }

    /// <summary>What is queued under it; <see langword="null"/>: nothing ever is.</summary>
    public HeldQueue? Queue { get; set; }

    /// <summary>Whether cold is known to say that commits may be queued under it; nothing is given to hot's outbox before.</summary>
    public bool MayQueue { get; set; }

    /// <summary>How long this process may still believe in it, by the steady clock.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(Math.Max(0, Volatile.Read(ref _deadline) - _time.GetTimestamp()) / (double)_time.TimestampFrequency);

    /// <summary>Cancelled when the lease is lost. Never by giving it back.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Cancelled when the session turns out to have gone back in time.</summary>
    public CancellationToken RolledBack => _rolledBack.Token;

    /// <summary>Whether this process may believe that it holds the session. Two clock reads less than it could be: see <see cref="HasRunOut"/>.</summary>
    public bool IsCurrent => Volatile.Read(ref _ended) == 0 && _time.GetTimestamp() < Volatile.Read(ref _deadline);

    /// <summary>
    /// Whether the time is over, by either clock: the steady one may stand still while a machine is suspended, and the other may be set.
    /// </summary>
    public bool HasRunOut => _time.GetTimestamp() >= Volatile.Read(ref _deadline) || _time.GetUtcNow().Ticks >= Volatile.Read(ref _deadlineUtc);

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Notes that cold has granted or extended it.</summary>
    /// <param name="asked">The steady clock before cold was asked.</param>
    /// <param name="askedUtc">The time before cold was asked.</param>
    /// <param name="duration">For how long.</param>
    public void Extend(long asked, DateTimeOffset askedUtc, TimeSpan duration)
    {
        var believed = duration * 0.8;
        Volatile.Write(ref _deadlineUtc, (askedUtc + believed).Ticks);
        Volatile.Write(ref _deadline, asked + (long)(believed.TotalSeconds * _time.TimestampFrequency));
    }

    /// <summary>Ends it: it was given back.</summary>
    /// <returns>Whether it had not ended before.</returns>
    public bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return false;
        State.EndLease(this);
        return true;
    }

    /// <summary>Ends it: it is lost, and whoever listens is told.</summary>
    /// <returns>The listeners' end, if it had not ended before.</returns>
    public Task? TryLose() => TryEnd() ? _lost.GiveAsync() : null;

    /// <summary>Tells whoever listens that the session went back in time.</summary>
    public Task RollBack() => _rolledBack.GiveAsync();
}
