namespace HybridStore.Tiers;

/// <summary>One line of a sealed patch.</summary>
/// <param name="Key">Which record.</param>
/// <param name="Envelope">Its new envelope, or <see langword="null"/> to delete it.</param>
public readonly record struct SealedChange(AuthKey Key, ReadOnlyMemory<byte>? Envelope)
{
    /// <summary>
    /// The version that wrote it, where several commits were coalesced into the patch and this is not of the last one; 0: the version that the patch makes.
    /// It becomes the record's: what was read at a version before it was drained is expected at that version afterwards.
    /// </summary>
    public long Version { get; init; }

    /// <summary>The version of the record that it makes.</summary>
    /// <param name="made">The version that its patch makes.</param>
    public long VersionIn(long made) => Version == 0 ? made : Version;
}
