namespace HybridStore;

/// <summary>A record on its way into a store as part of a whole session.</summary>
/// <param name="Key">Which record.</param>
/// <param name="Value">Its bytes: 0 to 8 MiB.</param>
public readonly record struct AuthEntry(AuthKey Key, ReadOnlyMemory<byte> Value);
