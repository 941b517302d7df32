namespace HybridStore;

/// <summary>Which file to take sessions in from.</summary>
/// <param name="Path">The backup.</param>
public sealed record AuthRestoreRequest(string Path)
{
    /// <summary>The file of its data keys; <see langword="null"/>: those that the store has of sessions that exist.</summary>
    public string? KeysPath { get; init; }

    /// <summary>Only this session; <see langword="null"/>: all that are in the file.</summary>
    public AuthSessionId? Session { get; init; }

    /// <summary>
    /// Whether sessions that exist are replaced: their records, in one transaction, or, where they were deleted and made anew since the backup, the session itself, which then
    /// takes up its next life. Otherwise they stop the restore before it changes anything.
    /// </summary>
    public bool Replace { get; init; }
}
