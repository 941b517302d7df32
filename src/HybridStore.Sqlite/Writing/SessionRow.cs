using HybridStore.Codec;
using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>A session's row in the writer's hands.</summary>
internal sealed class SessionRow
{
    /// <summary>The surrogate id; 0: the row is not in the table yet.</summary>
    public long Id { get; set; }

    /// <summary>The living incarnation, or, if the session does not exist, the last that ended.</summary>
    public long Incarnation { get; set; }

    public long Version { get; set; }

    public long Epoch { get; set; }

    public long AheadEpoch { get; set; }

    /// <summary>The rollback mark.</summary>
    public long RolledBackAt { get; set; }

    public DataKeyId DataKey { get; set; }

    public bool Loading { get; set; }

    public string? LeaseHolder { get; set; }

    public long LeaseUntil { get; set; }

    public long CreatedAt { get; set; }

    public long UpdatedAt { get; set; }

    /// <summary>The <see cref="CommitRing"/>'s bytes.</summary>
    public byte[] Commits { get; init; } = new byte[CommitRing.Size];

    public bool Exists => Version > 0;

    /// <summary>The life that a commit may write: the living one, or the one that it would create.</summary>
    public long CommitIncarnation => Exists ? Incarnation : Incarnation + 1;

    public CommitRing Ring => new(Commits);

    public bool IsLeased(long now) => LeaseHolder is not null && LeaseUntil > now;

    /// <summary>Whether only the lease's holder may write: it is alive, or what it queued is not here yet.</summary>
    public bool NeedsEpoch(long now) => IsLeased(now) || AheadEpoch != 0;

    /// <summary>Whether a lease is not granted: it is held, or known to live on elsewhere, or it may not be taken while commits are queued.</summary>
    public bool Refuses(LeaseRequest request, long now)
    {
        if (Epoch != 0 && Epoch == request.DeadEpoch)
            return false;
        bool isHeld = IsLeased(now) || (AheadEpoch != 0 && Epoch == request.LiveEpoch);
        return (isHeld && LeaseHolder != request.Holder) || (request.RefusesAhead && AheadEpoch != 0);
    }

    /// <summary>
    /// Ends a lease that ran out, because somebody writes without one: the holder, should it come back, knows nothing of that write,
    /// so its epoch must not be good any more.
    /// </summary>
    public void EndLeaseThatRanOut()
    {
        if (LeaseHolder is null)
            return;
        LeaseHolder = null;
        LeaseUntil = 0;
        Epoch++;
    }

    public SessionHead? ToHead() => !Exists ? null : new SessionHead
    {
        Incarnation = Incarnation,
        Version = Version,
        Epoch = Epoch,
        AheadEpoch = AheadEpoch,
        RolledBackAt = RolledBackAt,
        CreatedAt = UnixTime.ToDateTimeOffset(CreatedAt),
        UpdatedAt = UnixTime.ToDateTimeOffset(UpdatedAt),
    };
}
