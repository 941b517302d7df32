namespace HybridStore;

/// <summary>A master key, without the key.</summary>
/// <param name="Id">Sixteen hexadecimal digits, which every data key that it wraps carries.</param>
/// <param name="State">What it is used for now.</param>
/// <param name="Source">Where it comes from: <c>configuration</c>, or the name of the provider that wrapped it.</param>
public sealed record MasterKeyInfo(string Id, MasterKeyState State, string Source)
{
    /// <summary>When it was made; <see langword="null"/>: it is not of the ring.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>From when on it wraps.</summary>
    public DateTimeOffset? ActivatesAt { get; init; }

    /// <summary>When another one is to take its place.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether this process has the key itself. <see langword="false"/>: its provider can't open it any more.</summary>
    public bool IsAvailable { get; init; } = true;
}
