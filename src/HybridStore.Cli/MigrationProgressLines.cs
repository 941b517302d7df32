using HybridStore.Migration;

namespace HybridStore.Cli;

/// <summary>Tells on standard error how far a migration is: when it goes on to something else, and every few seconds.</summary>
internal sealed class MigrationProgressLines(CommandContext context) : IProgress<ColdMigrationProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private ColdMigrationPhase _phase;
    private long _toldAt;

    public void Report(ColdMigrationProgress value)
    {
        if (value.Phase == _phase && context.Time.GetElapsedTime(_toldAt) < Interval)
            return;
        _phase = value.Phase;
        _toldAt = context.Time.GetTimestamp();
        var done = value.Phase switch
        {
            ColdMigrationPhase.Copying => "unchanged",
            ColdMigrationPhase.Comparing => "equal",
            _ => "switched",
        };
        context.Say(FormattableString.Invariant(
            $"{Failure.CamelCase(value.Phase.ToString())}, round {value.Round}: {value.Sessions} sessions so far, {value.Done} {done}; {value.RecordsCopied} records, {value.BytesCopied / 1024} KiB copied"));
    }
}
