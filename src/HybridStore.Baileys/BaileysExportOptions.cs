namespace HybridStore.Baileys;

/// <summary>How to export a session.</summary>
public sealed record BaileysExportOptions
{
    /// <summary>Exports a session without credentials: Baileys makes a new identity in such a folder unless it gets them from elsewhere.</summary>
    public bool AllowMissingCreds { get; init; }

    /// <summary>Told now and then how far it is, and at the end. An attempt that has to start again counts from 0.</summary>
    public IProgress<BaileysProgress>? Progress { get; init; }
}
