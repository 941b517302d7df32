namespace HybridStore.Baileys;

/// <summary>What an import did, or would do.</summary>
/// <param name="Session">The session as created; <see langword="null"/> after a dry run.</param>
/// <param name="Types">What was read, type by type, in ordinal order.</param>
/// <param name="RewrittenRecords">How many records had bytes in an older form, and are stored in today's.</param>
/// <param name="IgnoredNames">Files that don't end in <c>.json</c> and subfolders, which are no records.</param>
public sealed record BaileysImportResult(
    AuthSessionInfo? Session, IReadOnlyList<BaileysTypeCount> Types, long RewrittenRecords, IReadOnlyList<string> IgnoredNames)
{
    /// <summary>Whether this was a dry run, which writes nothing.</summary>
    public bool IsDryRun => Session is null;

    /// <summary>How many records, of all types.</summary>
    public long Records => Types.Sum(t => t.Records);

    /// <summary>Their values' bytes.</summary>
    public long Bytes => Types.Sum(t => t.Bytes);
}
