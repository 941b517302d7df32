namespace HybridStore.Cli;

/// <summary>Tells on standard error how far a change of keys is, every few seconds, and what to go on with where it is cut short.</summary>
internal sealed class KeyJobLines(CommandContext context) : IProgress<KeyJobProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long _toldAt = context.Time.GetTimestamp();

    public KeyJobProgress? Reached { get; private set; }

    public void Report(KeyJobProgress value)
    {
        Reached = value;
        if (context.Time.GetElapsedTime(_toldAt) < Interval)
            return;
        _toldAt = context.Time.GetTimestamp();
        context.Say(FormattableString.Invariant($"{value.Sessions} sessions so far, {value.Changed} changed, {value.Failed} failed; the last was {value.Last}"));
    }
}
