namespace HybridStore.Tiers;

/// <summary>What cold has committed, on its way into hot. Entries of the outbox at or below its version go: cold holds a prefix (protocol rule 1).</summary>
public sealed class HotApply
{
    /// <summary>The session.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>The session's version right before the commit. Hot at this version applies the changes; at any lower one, it missed something and is emptied.</summary>
    public required long PreviousVersion { get; init; }

    /// <summary>The session as the commit left it. Hot that is newer, of a later incarnation or of a higher epoch drops the changes.</summary>
    public required HotMeta Meta { get; init; }

    /// <summary>The changes of the commit. A deletion becomes a record that hot knows to be absent.</summary>
    public required IReadOnlyList<SealedChange> Changes { get; init; }

    /// <summary>The commit, remembered so that a repeat is recognised in hot as well.</summary>
    public required CommitId CommitId { get; init; }
}
