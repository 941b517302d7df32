namespace HybridStore.Tiers;

/// <summary>One record as a tier holds it.</summary>
/// <param name="Key">Which record.</param>
/// <param name="Version">The session version that wrote it; 0: the record is absent.</param>
/// <param name="Envelope">Its envelope; empty when absent.</param>
public readonly record struct SealedRecord(AuthKey Key, long Version, ReadOnlyMemory<byte> Envelope)
{
    /// <summary>Whether the record exists.</summary>
    public bool Exists => Version != 0;

    /// <summary>Makes the answer for a record that does not exist.</summary>
    /// <param name="key">Which record.</param>
    public static SealedRecord Absent(AuthKey key) => new(key, 0, default);
}
