namespace HybridStore.Tiers;

/// <summary>One line of a sealed patch.</summary>
/// <param name="Key">Which record.</param>
/// <param name="Envelope">Its new envelope, or <see langword="null"/> to delete it.</param>
public readonly record struct SealedChange(AuthKey Key, ReadOnlyMemory<byte>? Envelope);
