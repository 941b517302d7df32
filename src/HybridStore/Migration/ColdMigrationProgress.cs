namespace HybridStore.Migration;

/// <summary>How far a migration is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Round">Which time it goes through the source, from 1.</param>
/// <param name="Sessions">How many sessions it has been through in this round and phase.</param>
/// <param name="Done">How many of them are equal or, under a switch, switched.</param>
/// <param name="RecordsCopied">How many records it has written or removed so far, over all rounds.</param>
/// <param name="BytesCopied">How many bytes of envelopes it has written so far.</param>
public readonly record struct ColdMigrationProgress(ColdMigrationPhase Phase, int Round, long Sessions, long Done, long RecordsCopied, long BytesCopied);
