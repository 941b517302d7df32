using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>One process's connection to a <see cref="ModelHotServer"/>. Like a real one, it knows the server's run only from the last answer.</summary>
public sealed class ModelHotTier : IHotTier
{
    internal const string TierName = "model";

    internal ModelHotTier(ModelHotServer server)
    {
        Server = server;
        Outbox = new ModelHotOutbox(this);
        Changes = new ModelHotChanges(this);
    }

    /// <inheritdoc/>
    public string Name => TierName;

    /// <inheritdoc/>
    public string RunId { get; private set; } = "";

    /// <inheritdoc/>
    public IHotOutbox Outbox { get; }

    /// <inheritdoc/>
    public IHotChanges Changes { get; }

    /// <summary>What it is connected to.</summary>
    public ModelHotServer Server { get; }

    /// <inheritdoc/>
    public ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check(keys);
        return AskAsync(
            TierOperation.Read,
            step => step.Find(session) is { } held
                ? held.Read(keys, withDataKeys, step)
                : new HotRead { RunId = step.RunId, Generation = 0, Records = new SealedRecord?[keys.Count] },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        return AskAsync(TierOperation.Fill, step => step.Get(fill.Session).Fill(fill), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        return AskAsync(TierOperation.Apply, step => step.Get(apply.Session).Apply(apply, step), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        await AskAsync(TierOperation.Evict, step => step.Get(session).Evict(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken)
    {
        // From when it was sent, not from when it arrives: the way may be long.
        var deadline = Server.Now + vouchesFor;
        return AskAsync(
            TierOperation.InstallEpoch,
            step => step.Get(lease.Session).InstallEpoch(lease.Epoch, step.Now < deadline, step) with { KeepsEverything = Server.KeepsEverything },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal ValueTask<T> AskAsync<T>(TierOperation operation, Func<ModelHotStep, T> step, CancellationToken cancellationToken) =>
        AskAsync(operation, step, static e => e, cancellationToken);

    internal async ValueTask<T> AskAsync<T>(
        TierOperation operation, Func<ModelHotStep, T> step, Func<Exception, Exception> replyLost, CancellationToken cancellationToken)
    {
        var (answer, run) = await Server.AskAsync(operation, s => (step(s), s.RunId), replyLost, cancellationToken);
        RunId = run;
        return answer;
    }
}
