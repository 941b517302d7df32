using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>A cold tier that passes everything on; each broken one changes what it breaks.</summary>
internal abstract class ColdDecorator(IColdTier inner) : IColdTier
{
    public string Name => inner.Name;

    public virtual IColdLeases Leases => inner.Leases;

    public virtual IColdHistory? History => inner.History;

    public virtual IColdKeys? Keys => inner.Keys;

    protected IColdTier Inner => inner;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => inner.InitializeAsync(cancellationToken);

    public virtual ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        inner.ReadAsync(session, keys, withDataKeys, cancellationToken);

    public virtual ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken) => inner.CommitAsync(commit, cancellationToken);

    public virtual ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken) => inner.ImportAsync(import, cancellationToken);

    public virtual IAsyncEnumerable<SealedRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken) =>
        inner.EnumerateAsync(session, type, cancellationToken);

    public virtual IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) =>
        inner.ListSessionsAsync(tenant, cancellationToken);

    public virtual ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        inner.SummarizeAsync(session, cancellationToken);

    public virtual ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        inner.DeleteSessionAsync(session, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>The same commit with other parts.</summary>
    protected static ColdCommit With(
        ColdCommit commit, AuthSessionId? session = null, long? incarnation = null, long? epoch = null, IReadOnlyList<SealedPatch>? patches = null) => new()
    {
        Session = session ?? commit.Session,
        Incarnation = incarnation ?? commit.Incarnation,
        Epoch = epoch ?? commit.Epoch,
        SeenVersion = commit.SeenVersion,
        Patches = patches ?? commit.Patches,
        SealedWith = commit.SealedWith,
        Rollback = commit.Rollback,
        NewDataKey = commit.NewDataKey,
    };

    protected static SealedPatch With(SealedPatch patch, CommitId? id = null, IReadOnlyList<SealedChange>? changes = null) => new()
    {
        CommitId = id ?? patch.CommitId,
        Predecessor = patch.Predecessor,
        Version = patch.Version,
        Absorbed = patch.Absorbed,
        Changes = changes ?? patch.Changes,
        Expectations = patch.Expectations,
        ExpectedSessionVersion = patch.ExpectedSessionVersion,
    };
}
