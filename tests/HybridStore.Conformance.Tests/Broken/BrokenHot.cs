using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>A hot tier that passes everything on, with what each broken one changes.</summary>
internal abstract class HotDecorator(IHotTier inner) : IHotTier
{
    public string Name => inner.Name;

    public string RunId => inner.RunId;

    public virtual IHotOutbox? Outbox => inner.Outbox;

    public IHotChanges? Changes => inner.Changes;

    protected IHotTier Inner => inner;

    public virtual ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        inner.ReadAsync(session, keys, withDataKeys, cancellationToken);

    public virtual ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken) => inner.FillAsync(fill, cancellationToken);

    public virtual ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken) => inner.ApplyAsync(apply, cancellationToken);

    public virtual ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken) => inner.EvictAsync(session, cancellationToken);

    public virtual ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken) => inner.InstallEpochAsync(lease, vouchesFor, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Promise 5: takes a fill whatever came in between, so that what was deleted meanwhile comes back.</summary>
internal sealed class LateFillingHot(IHotTier inner) : HotDecorator(inner)
{
    public override async ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        var now = await Inner.ReadAsync(fill.Session, [], false, cancellationToken);
        var meta = now.Meta is { } held && held.Version > fill.Meta.Version ? fill.Meta with { Version = held.Version, Incarnation = held.Incarnation } : fill.Meta;
        return await Inner.FillAsync(
            new HotFill { Session = fill.Session, Generation = now.Generation, Meta = meta, Records = fill.Records, DataKeys = fill.DataKeys }, cancellationToken);
    }
}

/// <summary>Promise 4: keeps the other records over a gap, as if nothing had been missed.</summary>
internal sealed class GapBlindHot(IHotTier inner) : HotDecorator(inner)
{
    public override async ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        var held = (await Inner.ReadAsync(apply.Session, [], false, cancellationToken)).Meta?.Version ?? apply.PreviousVersion;
        return await Inner.ApplyAsync(
            new HotApply
            {
                Session = apply.Session, Meta = apply.Meta, Changes = apply.Changes, CommitId = apply.CommitId,
                PreviousVersion = held < apply.Meta.Version ? held : apply.PreviousVersion,
            },
            cancellationToken);
    }
}

/// <summary>Promise 1: says of a record it does not have that it does not exist.</summary>
internal sealed class MissIsAbsentHot(IHotTier inner) : HotDecorator(inner)
{
    public override async ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        var read = await Inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        return new HotRead
        {
            Meta = read.Meta, RunId = read.RunId, Generation = read.Generation, DataKeys = read.DataKeys,
            Records = [.. read.Records.Select((r, i) => r ?? SealedRecord.Absent(keys[i]))],
        };
    }
}

/// <summary>Promise 8: knows no epochs.</summary>
internal sealed class EpochBlindHot(IHotTier inner) : HotDecorator(inner)
{
    public override ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new HotInstallation(true, Inner.RunId, null));
}
