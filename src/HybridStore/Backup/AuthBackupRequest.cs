namespace HybridStore;

/// <summary>Which sessions to write to which file.</summary>
/// <param name="Path">The file, which must not exist.</param>
public sealed record AuthBackupRequest(string Path)
{
    /// <summary>Only this session.</summary>
    public AuthSessionId? Session { get; init; }

    /// <summary>Only the sessions of this tenant; <see langword="null"/>, as <see cref="Session"/> is: all.</summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// Where the wrapped data keys go, a file of its own that must not exist; <see langword="null"/>: nowhere. Who has both files and the master key has the sessions. Without them, a
    /// backup can be restored only where the sessions still exist.
    /// </summary>
    public string? KeysPath { get; init; }
}
