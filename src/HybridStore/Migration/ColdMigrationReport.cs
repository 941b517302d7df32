namespace HybridStore.Migration;

/// <summary>What a migration came to.</summary>
/// <param name="Sessions">Each session, in the order of the source; those that ended come last.</param>
/// <param name="Rounds">How often the source was gone through.</param>
/// <param name="RecordsCopied">How many records were written to the target or removed there by this run.</param>
/// <param name="BytesCopied">How many bytes of envelopes were written.</param>
public sealed record ColdMigrationReport(IReadOnlyList<MigratedSession> Sessions, int Rounds, long RecordsCopied, long BytesCopied)
{
    /// <summary>Whether everything is there: each session is equal to its source, and, where a switch was asked for, switched.</summary>
    public bool IsComplete { get; init; }
}
