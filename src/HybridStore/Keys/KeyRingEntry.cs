namespace HybridStore.Keys;

/// <summary>A master key in the ring.</summary>
/// <param name="Fingerprint">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ActivatesAt">From when on it wraps.</param>
/// <param name="ExpiresAt">When another one is to take its place.</param>
/// <param name="Provider">The provider that wrapped it.</param>
/// <param name="Wrapped">The key, wrapped.</param>
internal sealed record KeyRingEntry(
    ulong Fingerprint, DateTimeOffset CreatedAt, DateTimeOffset ActivatesAt, DateTimeOffset ExpiresAt, string Provider, ReadOnlyMemory<byte> Wrapped)
{
    public DateTimeOffset? RevokedAt { get; init; }
}
