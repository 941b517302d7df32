using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>What cold says of a session and some of its records, from one snapshot.</summary>
public sealed class ColdRead
{
    /// <summary>The session, or <see langword="null"/> if it authoritatively does not exist.</summary>
    public SessionHead? Head { get; init; }

    /// <summary>The last life that ended, from the tombstone; 0: none did. The next life is one above.</summary>
    public long LastEndedIncarnation { get; init; }

    /// <summary>An answer for each key asked, in that order.</summary>
    public required IReadOnlyList<SealedRecord> Records { get; init; }

    /// <summary>The session's wrapped data keys, newest first, if they were asked for; the newest seals.</summary>
    public IReadOnlyList<WrappedDataKey> DataKeys { get; init; } = [];

    /// <summary>
    /// The commits that are remembered, at most <see cref="AuthLimits.RememberedCommits"/>, in order of their versions, if data keys were asked for:
    /// who opens a session recognises repeats of what was committed before.
    /// </summary>
    public IReadOnlyList<CommitMark> Commits { get; init; } = [];
}
