using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>One transaction of the cold tier: usually one patch; with un-drained patches before it, all of them in order (protocol rule 1).</summary>
public sealed class ColdCommit
{
    /// <summary>The session.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>The life of the session that this is for: the one that <see cref="SessionHead"/> names, or, to create it, one above the last that ended.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The lease's epoch; 0: none. Refused when it is not the session's epoch, and, without one, while a lease is live or the ahead mark is set.</summary>
    public long Epoch { get; init; }

    /// <summary>The highest version that the writer has seen of this incarnation: a session that is below it went back in time, and takes nothing (protocol rule 11).</summary>
    public long SeenVersion { get; init; }

    /// <summary>The patches, in order.</summary>
    public required IReadOnlyList<SealedPatch> Patches { get; init; }

    /// <summary>The data key that sealed what is new here. Refused when it is not the newest of the session's.</summary>
    public required DataKeyId SealedWith { get; init; }

    /// <summary>What becomes of the session's rollback mark, in the same transaction.</summary>
    public RollbackChange Rollback { get; init; }

    /// <summary>What is kept of the records that it replaces, by a tier with <see cref="IColdTier.History"/>; <see langword="null"/>: nothing, and what was kept before ends.</summary>
    public ColdHistoryRetention? History { get; init; }

    /// <summary>The session's first data key, installed by the commit that creates the session; otherwise <see langword="null"/>.</summary>
    public WrappedDataKey? NewDataKey { get; init; }

    /// <summary>The same commit, with what was queued before it.</summary>
    internal ColdCommit After(SealedPatch before, long seenVersion) => new()
    {
        Session = Session,
        Incarnation = Incarnation,
        Epoch = Epoch,
        SeenVersion = seenVersion,
        Patches = [before, .. Patches],
        SealedWith = SealedWith,
        Rollback = Rollback,
        History = History,
        NewDataKey = NewDataKey,
    };
}
