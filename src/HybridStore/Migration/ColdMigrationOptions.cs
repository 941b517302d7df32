namespace HybridStore.Migration;

/// <summary>How a <see cref="ColdMigration"/> goes about it.</summary>
public sealed class ColdMigrationOptions
{
    private const int MostRounds = 1000;
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Only this session; <see langword="null"/> for all.</summary>
    public AuthSessionId? Session { get; set; }

    /// <summary>Only the sessions of this tenant; <see langword="null"/> for all.</summary>
    public string? Tenant { get; set; }

    /// <summary>
    /// Whether sessions are handed over to the target, each at a moment when nobody holds it in the source. <see langword="false"/>, the default, copies and compares only.
    /// </summary>
    public bool Switch { get; set; }

    /// <summary>How long a switch waits for sessions that somebody holds. Default: not at all. <see cref="Timeout.InfiniteTimeSpan"/> is until all are switched.</summary>
    public TimeSpan SwitchTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>How often a switch looks again: a session is without a place to be opened for about as long. Default: 500 milliseconds; from 10 milliseconds to 1 minute.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the source is gone through at most, before the comparison, while sessions go on changing. Default: 5; from 1 to 1,000.</summary>
    public int MaxRounds { get; set; } = 5;

    /// <summary>
    /// Brings what sessions without a holder have queued in the hot tier to the source, such as <see cref="AuthOutbox.ReconcileAsync"/> of a store on it; called before sessions are
    /// switched. <see langword="null"/>: sessions with queued commits stay where they are.
    /// </summary>
    public Func<CancellationToken, ValueTask>? Drain { get; set; }

    /// <summary>Is told how far the migration is.</summary>
    public IProgress<ColdMigrationProgress>? Progress { get; set; }

    internal ColdMigrationOptions Checked()
    {
        if (Session is not null && Tenant is not null)
            throw new ArgumentException($"{nameof(ColdMigrationOptions)} names both a {nameof(Session)} and a {nameof(Tenant)}. Give one of them.");
        if (MaxRounds is < 1 or > MostRounds)
            throw new ArgumentException($"{nameof(ColdMigrationOptions)}.{nameof(MaxRounds)} is {MaxRounds}. Set it between 1 and {MostRounds}; the default is 5.");
        if (PollInterval < ShortestPoll || PollInterval > TimeSpan.FromMinutes(1))
            throw new ArgumentException($"{nameof(ColdMigrationOptions)}.{nameof(PollInterval)} is {PollInterval}. Set it between {ShortestPoll} and 00:01:00; the default is 500 milliseconds.");
        if (SwitchTimeout < TimeSpan.Zero && SwitchTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"{nameof(ColdMigrationOptions)}.{nameof(SwitchTimeout)} is {SwitchTimeout}. Set it to zero or more, or to be infinite.");
        return (ColdMigrationOptions)MemberwiseClone();
    }
}
