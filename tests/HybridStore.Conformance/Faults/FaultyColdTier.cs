using System.Runtime.CompilerServices;
using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>A real cold tier behind a <see cref="TierProbe"/>: its calls can be counted, failed and held up at the moments that a real one can't be brought to fail at will.</summary>
/// <param name="inner">The real tier.</param>
/// <param name="disposesInner">Whether it is disposed of with this one; <see langword="false"/> where stores share it.</param>
public sealed class FaultyColdTier(IColdTier inner, bool disposesInner = true) : IColdTier
{
    /// <summary>What stands in between.</summary>
    public TierProbe Probe { get; } = new();

    /// <summary>The real tier. Another one stands for a database that was replaced underneath a running process.</summary>
    public IColdTier Inner { get; set; } = inner;

    /// <summary>Changes what a read answers.</summary>
    public Func<ColdRead, ColdRead>? OnAnswer { get; set; }

    /// <inheritdoc/>
    public string Name => Inner.Name;

    /// <inheritdoc/>
    public IColdLeases Leases => new FaultyColdLeases(this);

    /// <inheritdoc/>
    public IReadOnlyList<string> Remnants => Inner.Remnants;

    /// <inheritdoc/>
    public IColdHistory? History => Inner.History;

    /// <inheritdoc/>
    public IColdKeys? Keys => Inner.Keys is { } keys ? new FaultyColdKeys(this, keys) : null;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Initialize);
        await Inner.InitializeAsync(cancellationToken);
        await Probe.LeaveAsync(TierOperation.Initialize);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Read);
        var read = await Inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        foreach (var record in read.Records)
            Probe.Carry(record.Envelope, down: false);
        await Probe.LeaveAsync(TierOperation.Read);
        return OnAnswer?.Invoke(read) ?? read;
    }

    /// <inheritdoc/>
    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        await Probe.EnterAsync(TierOperation.Commit);
        Probe.Carry(commit.NewDataKey?.Bytes, down: true);
        foreach (var change in commit.Patches.SelectMany(static p => p.Changes))
            Probe.Carry(change.Envelope, down: true);
        var result = await Inner.CommitAsync(commit, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Commit);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        await Probe.EnterAsync(TierOperation.Import);
        Probe.Carry(import.DataKey.Bytes, down: true);
        var observed = new ColdImport
        {
            Session = import.Session,
            Incarnation = import.Incarnation,
            CommitId = import.CommitId,
            DataKey = import.DataKey,
            Records = ObserveAsync(import.Records, cancellationToken),
        };
        var result = await Inner.ImportAsync(observed, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Import);
        return result;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Enumerate);
        await foreach (var record in Inner.EnumerateAsync(session, type, cancellationToken))
        {
            Probe.Carry(record.Envelope, down: false);
            yield return record;
        }

        await Probe.LeaveAsync(TierOperation.Enumerate);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.List);
        await foreach (var session in Inner.ListSessionsAsync(tenant, cancellationToken))
            yield return session;
        await Probe.LeaveAsync(TierOperation.List);
    }

    /// <inheritdoc/>
    public async ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Summarize);
        var summary = await Inner.SummarizeAsync(session, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Summarize);
        return summary;
    }

    /// <inheritdoc/>
    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        await Probe.EnterAsync(TierOperation.Delete);
        var deletion = await Inner.DeleteSessionAsync(session, cancellationToken);
        await Probe.LeaveAsync(TierOperation.Delete);
        return deletion;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => disposesInner ? Inner.DisposeAsync() : ValueTask.CompletedTask;

    private async IAsyncEnumerable<SealedChange> ObserveAsync(
        IAsyncEnumerable<SealedChange> records, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            Probe.Carry(record.Envelope, down: true);
            yield return record;
        }
    }
}
