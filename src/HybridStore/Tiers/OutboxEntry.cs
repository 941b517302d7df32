namespace HybridStore.Tiers;

/// <summary>A commit in the outbox.</summary>
/// <param name="Incarnation">The life of the session that it is for.</param>
/// <param name="Epoch">The lease under which it was queued.</param>
/// <param name="Patch">The patch, with its predecessor and version, and with its conditions left out: they were checked when it was queued.</param>
public sealed record OutboxEntry(long Incarnation, long Epoch, SealedPatch Patch);
