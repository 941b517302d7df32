namespace HybridStore.Baileys;

/// <summary>How to import a folder.</summary>
public sealed record BaileysImportOptions
{
    /// <summary>Reads and checks everything, the session's absence too, and writes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Takes a folder without <c>creds.json</c>: keys whose credentials are kept elsewhere.</summary>
    public bool AllowMissingCreds { get; init; }

    /// <summary>Told now and then how far it is, and at the end.</summary>
    public IProgress<BaileysProgress>? Progress { get; init; }
}
