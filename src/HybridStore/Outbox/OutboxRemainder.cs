namespace HybridStore;

/// <summary>What this process has queued and cold does not have.</summary>
/// <param name="Sessions">How many sessions have some.</param>
/// <param name="Entries">How many commits.</param>
/// <param name="Bytes">The bytes of their envelopes.</param>
public sealed record OutboxRemainder(int Sessions, int Entries, long Bytes);
