using System.Collections.Immutable;
using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>What the in-memory cold tier holds of a session, alive or ended. A change makes another one: whoever has one has a snapshot.</summary>
internal sealed record ColdMemorySession
{
    /// <summary>Of a session that never lived and was never held.</summary>
    public static ColdMemorySession None { get; } = new();

    /// <summary>The living incarnation, or, if the session does not exist, the last that ended.</summary>
    public long Incarnation { get; init; }

    public long Version { get; init; }

    /// <summary>The version at which the last life ended.</summary>
    public long EndedAtVersion { get; init; }

    public long Epoch { get; init; }

    public long AheadEpoch { get; init; }

    public long RolledBackAt { get; init; }

    public string? LeaseHolder { get; init; }

    public DateTimeOffset LeaseUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Newest first.</summary>
    public ImmutableList<WrappedDataKey> DataKeys { get; init; } = [];

    public ImmutableSortedSet<SealedRecord> Records { get; init; } = ColdMemoryRecords.Empty;

    /// <summary>The former versions of its records; <see langword="null"/>: none are kept.</summary>
    public ColdMemoryHistory? History { get; init; }

    /// <summary>The same, if nothing is missing in it up to now.</summary>
    public ColdMemoryHistory? HistoryUpToNow => Exists && History?.Through == Version ? History : null;

    /// <summary>The commit ids of the last versions, as many as are remembered, the oldest first.</summary>
    public ColdMemoryCommits Commits { get; init; } = ColdMemoryCommits.None;

    public bool Exists => Version > 0;

    /// <summary>The life that a commit may write: the living one, or the one that it would create.</summary>
    public long CommitIncarnation => Exists ? Incarnation : Incarnation + 1;

    public long LastEndedIncarnation => CommitIncarnation - 1;

    public SessionHead Head => new()
    {
        Incarnation = Incarnation,
        Version = Version,
        Epoch = Epoch,
        AheadEpoch = AheadEpoch,
        RolledBackAt = RolledBackAt,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };

    public SessionHead? HeadIfExists => Exists ? Head : null;

    public bool IsLeased(DateTimeOffset now) => LeaseHolder is not null && LeaseUntil > now;

    /// <summary>Whether only the lease's holder may write: it is alive, or what it queued is not here yet.</summary>
    public bool NeedsEpoch(DateTimeOffset now) => IsLeased(now) || AheadEpoch != 0;

    /// <summary>Somebody writes without a lease: the holder of one that ran out, should it come back, knows nothing of that, so its epoch is not good any more.</summary>
    public ColdMemorySession EndLeaseThatRanOut() => LeaseHolder is null ? this : this with { LeaseHolder = null, LeaseUntil = default, Epoch = Epoch + 1 };

    /// <summary>The version that a commit made; 0: it is not among those that are remembered.</summary>
    public long FindCommit(CommitId id) => Commits.Find(id);

    public ColdMemorySession Remember(CommitId id, long version) => this with { Version = version, Commits = Commits.Add(new CommitMark(id, version)) };

    /// <summary>Whether a lease may be taken that did not run out, because its holder is known to be dead, and must not be taken though it ran out, because it is known to live.</summary>
    public bool Refuses(LeaseRequest request, DateTimeOffset now)
    {
        if (Epoch != 0 && Epoch == request.DeadEpoch)
            return false;
        var isHeld = IsLeased(now) || (AheadEpoch != 0 && Epoch == request.LiveEpoch);
        return (isHeld && LeaseHolder != request.Holder) || (request.RefusesAhead && AheadEpoch != 0);
    }
}
