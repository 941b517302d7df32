using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>The outbox as one process reaches it.</summary>
internal sealed class SimHotOutbox(SimHotTier tier, IHotOutbox outbox, SimScheduler scheduler, SimProcess process, SimHistory history) : IHotOutbox
{
    public bool KeepsEverything => outbox.KeepsEverything;

    public ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        history.Sent(commit.Session, commit.Patches, process);
        return SendAsync(commit, cancellationToken);
    }

    private ValueTask<HotQueueResult> SendAsync(QueuedCommit commit, CancellationToken cancellationToken) => tier.AskAsync(
        $"queue {string.Join('+', commit.Patches.Select(static p => $"{p.CommitId.ToString()[..6]}@{p.Predecessor}-{p.Version}"))} under {commit.Epoch}",
        async _ =>
        {
            if (tier.Plant == SimPlant.LostInHot && scheduler.Chance(0.3))
                return new HotQueueResult(HotQueueStatus.Queued, commit.Patches[^1].Version);
            var sent = tier.Plant == SimPlant.NoFence ? await UnderTheEpochOfNowAsync(commit) : commit;
            var result = await outbox.QueueAsync(sent, cancellationToken);
            if (result.Status == HotQueueStatus.Queued)
                history.Queued(commit, process);
            return result;
        },
        e => new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, e));

    public ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken)
    {
        var left = tier.Left(adoption.ValidFor);
        return tier.AskAsync<long?>($"adopt {adoption.Meta.Version} under {adoption.Meta.Epoch}", _ => SendAsync(adoption, left(), cancellationToken), vouches: true);
    }

    private async ValueTask<long?> SendAsync(HotAdoption adoption, TimeSpan left, CancellationToken cancellationToken)
    {
        // Hot that is behind would find it out by itself otherwise.
        var wholeAt = tier.Plant == SimPlant.AdoptionIsAll ? 0 : adoption.WholeAt;
        var arrived = new HotAdoption { Session = adoption.Session, Meta = adoption.Meta, ValidFor = left, IsWhole = adoption.IsWhole, WholeAt = wholeAt, DataKeys = adoption.DataKeys };
        if (await outbox.AdoptAsync(arrived, cancellationToken) is not { } version)
            return null;
        history.GivenToHot(adoption.Session, new SeenMark(adoption.Meta.Incarnation, adoption.Meta.Version));
        if (adoption.IsWhole && version >= wholeAt)
            history.VouchedFor(adoption.Session, true);
        return tier.Plant == SimPlant.AdoptionIsAll ? long.MaxValue : version;
    }

    public ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken) => tier.AskAsync(
        $"read the outbox above {aboveVersion}",
        async _ => tier.Plant == SimPlant.TakeoverWithoutDrain ? [] : await outbox.ReadAsync(session, aboveVersion, limit, cancellationToken));

    public async ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken) => await tier.AskAsync(
        $"acknowledge through {throughVersion}",
        async _ =>
        {
            await outbox.AcknowledgeAsync(lease, incarnation, throughVersion, cancellationToken);
            return true;
        });

    public ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        tier.AskAsync("renew in hot", _ => outbox.RenewAsync(leases, duration, cancellationToken));

    public async ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken) => await tier.AskAsync(
        $"release {lease.Epoch} in hot",
        async _ =>
        {
            await outbox.ReleaseAsync(lease, cancellationToken);
            return true;
        });

    public ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken)
    {
        history.Parked(lease.Session);
        return tier.AskAsync($"park {entry?.Reason}", _ => outbox.ParkAsync(lease, entry, cancellationToken));
    }

    public async ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken) => await tier.AskAsync(
        $"discard life {throughIncarnation} under {session.Epoch}",
        async _ =>
        {
            await outbox.DiscardAsync(session, throughIncarnation, cancellationToken);
            return true;
        });

    private async ValueTask<QueuedCommit> UnderTheEpochOfNowAsync(QueuedCommit commit) => new()
    {
        Session = commit.Session,
        Incarnation = commit.Incarnation,
        Epoch = await tier.OutboxEpochAsync(commit.Session) ?? commit.Epoch,
        Patches = commit.Patches,
        GoodUntil = commit.GoodUntil,
        DrainedVersion = commit.DrainedVersion,
        IsGivenAgain = commit.IsGivenAgain,
    };
}
