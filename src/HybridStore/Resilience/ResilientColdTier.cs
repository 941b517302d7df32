using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>A cold tier behind its pipeline. Reads, commits that were not done, and whatever can be repeated are tried again; imports are not.</summary>
internal sealed class ResilientColdTier(IColdTier inner, TierPipeline pipeline) : IColdTier
{
    public string Name => inner.Name;

    public IColdLeases Leases { get; } = new ResilientColdLeases(inner.Leases, pipeline);

    public IColdHistory? History => inner.History is { } history ? new ResilientColdHistory(history, pipeline) : null;

    public IColdKeys? Keys => inner.Keys is { } keys ? new ResilientColdKeys(keys, pipeline) : null;

    public IReadOnlyList<string> Remnants => inner.Remnants;

    // Not timed: to bring a schema up to date takes what it takes.
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) =>
        _ = await pipeline.RunAsync(
            new TierCall("initialize", null, IsTimed: false),
            inner,
            static async (tier, cancel) =>
            {
                await tier.InitializeAsync(cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("read", session.Tenant), (inner, session, keys, withDataKeys), static (s, cancel) => s.inner.ReadAsync(s.session, s.keys, s.withDataKeys, cancel), cancellationToken);

    // Where the outcome is unknown, the store repeats it: it knows the step's place, and what its session may do meanwhile.
    public ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return pipeline.RunAsync(
            new TierCall("commit", commit.Session.Tenant) { Session = commit.Session, CommitId = commit.Patches[^1].CommitId },
            (inner, commit),
            static (s, cancel) => s.inner.CommitAsync(s.commit, cancel),
            cancellationToken);
    }

    // Its records can be read once only, and take as long as they take.
    public ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        return pipeline.RunAsync(
            new TierCall("import", import.Session.Tenant, MayRetry: false, IsTimed: false), (inner, import), static (s, cancel) => s.inner.ImportAsync(s.import, cancel), cancellationToken);
    }

    public IAsyncEnumerable<SealedRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken) =>
        pipeline.StreamAsync(new TierCall("enumerate", session.Tenant), (inner, session, type), static (s, cancel) => s.inner.EnumerateAsync(s.session, s.type, cancel), cancellationToken);

    public IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) =>
        pipeline.StreamAsync(new TierCall("list sessions", tenant), (inner, tenant), static (s, cancel) => s.inner.ListSessionsAsync(s.tenant, cancel), cancellationToken);

    public ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        pipeline.RunAsync(new TierCall("summarize", session.Tenant), (inner, session), static (s, cancel) => s.inner.SummarizeAsync(s.session, cancel), cancellationToken);

    // A repeat finds it gone, and could not say that there was one to delete.
    public ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        pipeline.RunAsync(new TierCall("delete", session.Tenant, MayRetry: false), (inner, session), static (s, cancel) => s.inner.DeleteSessionAsync(s.session, cancel), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
