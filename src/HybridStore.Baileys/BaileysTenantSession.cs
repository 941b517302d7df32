namespace HybridStore.Baileys;

/// <summary>A session in an export of its tenant.</summary>
/// <param name="Session">The session.</param>
/// <param name="Folder">The name of its folder.</param>
public sealed record BaileysTenantSession(AuthSessionId Session, string Folder)
{
    /// <summary>What was written; <see langword="null"/>: see <see cref="Error"/>.</summary>
    public BaileysExportResult? Result { get; init; }

    /// <summary>Why it is not in the export; <see langword="null"/>: it is.</summary>
    public BaileysFormatException? Error { get; init; }
}
