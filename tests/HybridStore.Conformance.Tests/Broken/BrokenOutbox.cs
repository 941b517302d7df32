using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>Promise 2: drops the entry after those that cold has.</summary>
internal sealed class HastyOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken) =>
        base.AcknowledgeAsync(lease, incarnation, throughVersion + 1, cancellationToken);
}

/// <summary>Promise 2: where it lost what it had, it begins anew with what comes, as if nothing had been before.</summary>
internal sealed class GapBlindOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override async ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        var result = await base.QueueAsync(commit, cancellationToken);
        if (result.Status != HotQueueStatus.NoMeta)
            return result;
        var meta = new HotMeta { Incarnation = commit.Incarnation, Version = commit.Patches[0].Predecessor!.Value, Epoch = commit.Epoch, RunId = RunId, GoodUntil = commit.GoodUntil };
        await AdoptAsync(new HotAdoption { Session = commit.Session, Meta = meta, ValidFor = TimeSpan.FromMinutes(1) }, cancellationToken);
        return await base.QueueAsync(commit, cancellationToken);
    }
}

/// <summary>Promise 3: takes patch after patch, so that others see the first without the second.</summary>
internal sealed class PiecemealOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override async ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        HotQueueResult? result = null;
        foreach (var patch in commit.Patches)
        {
            result = await base.QueueAsync(
                new QueuedCommit { Session = commit.Session, Incarnation = commit.Incarnation, Epoch = commit.Epoch, GoodUntil = commit.GoodUntil, Patches = [patch] }, cancellationToken);
            if (result.Status != HotQueueStatus.Queued)
                break;
        }

        return result!;
    }
}

/// <summary>Promise 4: after an adoption it has none of the records that wait for cold, so that cold's older ones are taken for the newest.</summary>
internal sealed class RecordLosingOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    private bool _adopted;

    public override async ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken)
    {
        var isGone = (await Inner.ReadAsync(adoption.Session, [], false, cancellationToken)).Meta is null;
        var version = await base.AdoptAsync(adoption, cancellationToken);
        _adopted |= isGone;
        return version;
    }

    public override async ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        var read = await base.ReadAsync(session, keys, withDataKeys, cancellationToken);
        return !_adopted ? read : new HotRead
        {
            Meta = read.Meta, RunId = read.RunId, Generation = read.Generation, DataKeys = read.DataKeys, Outbox = read.Outbox, Records = new SealedRecord?[keys.Count],
        };
    }
}

/// <summary>Promise 5: a deletion drops the records only.</summary>
internal sealed class RevivingOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken) =>
        Inner.EvictAsync(session.Session, cancellationToken);
}

/// <summary>Promise 6: remembers no commit.</summary>
internal sealed class RepeatingOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override async ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        var result = await base.QueueAsync(commit, cancellationToken);
        if (result.Status != HotQueueStatus.Repeated)
            return result;
        var hot = (await Inner.ReadAsync(commit.Session, [], false, cancellationToken)).Meta;
        return new HotQueueResult(HotQueueStatus.OutOfOrder, hot?.Version ?? 0);
    }
}

/// <summary>Promise 7: an eviction takes the outbox along.</summary>
internal sealed class EvictingOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await base.EvictAsync(session, cancellationToken);
        await AcknowledgeAsync(new LeaseRef(session, 1), 1, long.MaxValue, cancellationToken);
    }
}

/// <summary>Promise 8: takes what is queued whatever its epoch.</summary>
internal sealed class UnfencedOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override async ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        var epoch = (await Inner.ReadAsync(commit.Session, [], false, cancellationToken)).Outbox?.Epoch ?? commit.Epoch;
        return await base.QueueAsync(
            new QueuedCommit { Session = commit.Session, Incarnation = commit.Incarnation, Epoch = epoch, GoodUntil = commit.GoodUntil, Patches = commit.Patches }, cancellationToken);
    }
}

/// <summary>Promise 13: joins the parts of a name.</summary>
internal sealed class JoiningOutboxHot(IHotTier inner) : OutboxDecorator(inner)
{
    public override ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        var patches = commit.Patches.Select(p => new SealedPatch
        {
            CommitId = p.CommitId, Predecessor = p.Predecessor, Version = p.Version, Absorbed = p.Absorbed,
            Changes = [.. p.Changes.Select(c => new SealedChange(Join(c.Key), c.Envelope))],
        });
        return base.QueueAsync(
            new QueuedCommit { Session = commit.Session, Incarnation = commit.Incarnation, Epoch = commit.Epoch, GoodUntil = commit.GoodUntil, Patches = [.. patches] }, cancellationToken);
    }

    public override ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        base.ReadAsync(session, [.. keys.Select(Join)], withDataKeys, cancellationToken);

    // Long names stay whole: this one is about separators.
    private static AuthKey Join(AuthKey key) => key.Type.Length + key.Id.Length < 100 ? new AuthKey("t", $"{key.Type}/{key.Id}") : key;
}
