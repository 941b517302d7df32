namespace HybridStore.FaultLab.Bots;

/// <summary>How long something may fail that should come right by itself. A machine that stood still meanwhile had no chance to: so it must have been tried often, too.</summary>
internal sealed class Patience(TimeSpan most)
{
    private const int LeastTries = 60;

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _tries;

    /// <summary>Whether it is over, after one more try that failed.</summary>
    public bool IsOver() => ++_tries >= LeastTries && TimeProvider.System.GetElapsedTime(_start) > most;
}
