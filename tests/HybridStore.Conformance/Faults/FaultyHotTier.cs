using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>A real hot tier behind a <see cref="TierProbe"/>.</summary>
/// <param name="inner">The real tier.</param>
/// <param name="disposesInner">Whether it is disposed of with this one; <see langword="false"/> where stores share it.</param>
public sealed class FaultyHotTier(IHotTier inner, bool disposesInner = true) : IHotTier
{
    /// <summary>What stands in between.</summary>
    public TierProbe Probe { get; } = new();

    /// <summary>Changes what a read answers.</summary>
    public Func<HotRead, HotRead>? OnAnswer { get; set; }

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public string RunId => inner.RunId;

    /// <inheritdoc/>
    public IHotOutbox? Outbox => inner.Outbox is { } outbox ? new FaultyHotOutbox(outbox, Probe) : null;

    /// <inheritdoc/>
    public IHotChanges? Changes => inner.Changes is { } changes ? new FaultyHotChanges(changes, Probe) : null;

    /// <inheritdoc/>
    public async ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Read);
        var read = await inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        foreach (var record in read.Records)
            Probe.Carry(record?.Envelope, down: false);
        await Probe.LeaveAsync(TierOperation.Read);
        return OnAnswer?.Invoke(read) ?? read;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        await Probe.EnterAsync(TierOperation.Fill);
        foreach (var record in fill.Records)
            Probe.Carry(record.Envelope, down: true);
        foreach (var key in fill.DataKeys)
            Probe.Carry(key.Bytes, down: true);
        var filled = await inner.FillAsync(fill, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Fill);
        return filled;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        await Probe.EnterAsync(TierOperation.Apply);
        foreach (var change in apply.Changes)
            Probe.Carry(change.Envelope, down: true);
        var applied = await inner.ApplyAsync(apply, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Apply);
        return applied;
    }

    /// <inheritdoc/>
    public async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Evict);
        await inner.EvictAsync(session, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Evict);
    }

    /// <inheritdoc/>
    public async ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.InstallEpoch);
        var installed = await inner.InstallEpochAsync(lease, vouchesFor, cancellationToken);
        await Probe.LeaveAsync(TierOperation.InstallEpoch);
        return installed;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => disposesInner ? inner.DisposeAsync() : ValueTask.CompletedTask;
}
