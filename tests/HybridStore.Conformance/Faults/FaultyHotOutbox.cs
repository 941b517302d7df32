using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>A real outbox behind a probe.</summary>
internal sealed class FaultyHotOutbox(IHotOutbox inner, TierProbe probe) : IHotOutbox
{
    public bool KeepsEverything => inner.KeepsEverything;

    public async ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        await probe.EnterAsync(TierOperation.Queue);
        foreach (var change in commit.Patches.SelectMany(static p => p.Changes))
            probe.Carry(change.Envelope, down: true);
        var result = await inner.QueueAsync(commit, cancellationToken);
        try
        {
            await probe.LeaveAsync(TierOperation.Queue);
        }
        catch (StoreUnavailableException e)
        {
            // As the contract has it: the plain one says that nothing was taken.
            throw new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, e);
        }

        return result;
    }

    public ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(adoption);
        foreach (var key in adoption.DataKeys)
            probe.Carry(key.Bytes, down: true);
        return AskAsync(TierOperation.Adopt, () => inner.AdoptAsync(adoption, cancellationToken));
    }

    public async ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken)
    {
        var entries = await AskAsync(TierOperation.ReadOutbox, () => inner.ReadAsync(session, aboveVersion, limit, cancellationToken));
        foreach (var change in entries.SelectMany(static e => e.Patch.Changes))
            probe.Carry(change.Envelope, down: false);
        return entries;
    }

    public async ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken) =>
        await AskAsync(TierOperation.Acknowledge, () => Done(inner.AcknowledgeAsync(lease, incarnation, throughVersion, cancellationToken)));

    public ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        AskAsync(TierOperation.RenewInHot, () => inner.RenewAsync(leases, duration, cancellationToken));

    public async ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken) =>
        await AskAsync(TierOperation.ReleaseInHot, () => Done(inner.ReleaseAsync(lease, cancellationToken)));

    public ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken) =>
        AskAsync(TierOperation.Park, () => inner.ParkAsync(lease, entry, cancellationToken));

    public async ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken) =>
        await AskAsync(TierOperation.Discard, () => Done(inner.DiscardAsync(session, throughIncarnation, cancellationToken)));

    private async ValueTask<T> AskAsync<T>(TierOperation operation, Func<ValueTask<T>> ask)
    {
        await probe.EnterAsync(operation);
        var answer = await ask();
        await probe.LeaveAsync(operation);
        return answer;
    }

    private static async ValueTask<bool> Done(ValueTask call)
    {
        await call;
        return true;
    }
}
