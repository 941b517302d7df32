namespace HybridStore;

/// <summary>What verifying one record found.</summary>
/// <param name="Key">Which record.</param>
/// <param name="Version">The version that wrote it.</param>
/// <param name="StoredBytes">The size of its envelope, in bytes.</param>
/// <param name="Fault">What is wrong with it, or <see langword="null"/> if it opened.</param>
public sealed record AuthRecordCheck(AuthKey Key, long Version, long StoredBytes, EnvelopeFault? Fault)
{
    /// <summary>Whether what is stored was changed, cut or lost. Otherwise it opened, or it may be sound, and a key or a newer library is missing here.</summary>
    public bool IsDamaged => Fault is EnvelopeFault.NotAnEnvelope or EnvelopeFault.Truncated or EnvelopeFault.NotAuthentic or EnvelopeFault.NotDecompressible or EnvelopeFault.DataKeyDamaged;
}
