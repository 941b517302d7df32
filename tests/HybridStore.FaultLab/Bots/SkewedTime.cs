namespace HybridStore.FaultLab.Bots;

/// <summary>A clock that is wrong, and may jump. Its timers and its steady clock are right, as they are on a machine whose clock was set.</summary>
internal sealed class SkewedTime(TimeSpan offset) : TimeProvider
{
    private long _offset = offset.Ticks;

    public void SetOffset(TimeSpan value) => Volatile.Write(ref _offset, value.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _offset));
}
