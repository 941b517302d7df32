namespace HybridStore.Baileys;

/// <summary>What an export wrote.</summary>
/// <param name="Session">The session, at the one version that was exported.</param>
/// <param name="Directory">The folder's full path.</param>
/// <param name="Types">What was written, type by type, in ordinal order.</param>
public sealed record BaileysExportResult(AuthSessionInfo Session, string Directory, IReadOnlyList<BaileysTypeCount> Types)
{
    /// <summary>How many records, of all types.</summary>
    public long Records => Types.Sum(t => t.Records);

    /// <summary>Their values' bytes.</summary>
    public long Bytes => Types.Sum(t => t.Bytes);
}
