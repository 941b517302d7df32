namespace HybridStore.Outbox;

/// <summary>What was queued last for a record.</summary>
/// <param name="Version">The version that wrote it.</param>
/// <param name="Envelope">Its envelope; <see langword="null"/>: it was deleted.</param>
internal readonly record struct QueuedChange(long Version, ReadOnlyMemory<byte>? Envelope);
