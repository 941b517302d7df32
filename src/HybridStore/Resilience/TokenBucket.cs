namespace HybridStore.Resilience;

/// <summary>What a rate allows: it fills with time, up to a burst, and is taken from.</summary>
/// <remarks>The platform's own fills by the machine's clock, whatever clock the store has. Not thread-safe: its tenant's lock is held.</remarks>
internal sealed class TokenBucket(double perSecond, TimeSpan burst, TimeProvider time)
{
    // At least one: a rate below one in a burst's time would never let anything through.
    private readonly double _most = Math.Max(1, perSecond * burst.TotalSeconds);
    private double _left = Math.Max(1, perSecond * burst.TotalSeconds);
    private long _filledAt = time.GetTimestamp();

    /// <summary>Whether nothing of it is used.</summary>
    public bool IsFull
    {
        get
        {
            Fill();
            return _left >= _most;
        }
    }

    /// <summary>How long it takes until an amount can be taken; zero: now.</summary>
    public TimeSpan Until(double amount)
    {
        Fill();
        var missing = Math.Min(amount, _most) - _left;
        return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(missing / perSecond, TimeSpan.MaxValue.TotalSeconds / 2));
    }

    /// <summary>Takes an amount; what is more than all is owed.</summary>
    public void Take(double amount) => _left -= amount;

    private void Fill()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(_most, _left + (time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
        _filledAt = now;
    }
}
