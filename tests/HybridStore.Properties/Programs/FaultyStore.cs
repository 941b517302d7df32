using System.Collections.Concurrent;

namespace HybridStore.Properties.Programs;

/// <summary>What a store could do wrong.</summary>
public enum PlantedFault
{
    /// <summary>Deletes in a patch with sets are dropped.</summary>
    DropsDeletes,

    /// <summary>Record conditions are not looked at.</summary>
    IgnoresExpectations,

    /// <summary>A repeated commit id is taken for a new commit.</summary>
    AppliesRepeats,

    /// <summary>The first answer for a record is given for ever.</summary>
    ServesStaleReads,

    /// <summary>Of a read of several records, the last comes from an earlier version.</summary>
    TearsReads,

    /// <summary>A patch of several records is kept without its last one.</summary>
    TearsPatches,

    /// <summary>A deleted session comes back in its former life: a late commit is taken.</summary>
    TakesLateCommits,
}

/// <summary>A store with a fault, to show that the checks find it.</summary>
internal sealed class FaultyStore(IAuthStateStore inner, PlantedFault fault) : IAuthStateStore
{
    private readonly ConcurrentDictionary<(AuthSessionId, AuthKey), AuthRecord> _firstAnswers = new();

    public async ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        var record = await inner.GetAsync(session, key, cancellationToken);
        return fault == PlantedFault.ServesStaleReads ? _firstAnswers.GetOrAdd((session, key), record) : record;
    }

    public async ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken)
    {
        var set = await inner.GetManyAsync(session, keys, cancellationToken);
        if (fault != PlantedFault.TearsReads || set.Count < 2)
            return set;
        return new AuthRecordSet(set.Incarnation, set.SessionVersion, [.. set.SkipLast(1), _firstAnswers.GetOrAdd((session, set[^1].Key), set[^1])]);
    }

    public async ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken)
    {
        var changed = new AuthPatch(fault == PlantedFault.AppliesRepeats ? CommitId.New() : patch.CommitId);
        var changes = patch.Changes.ToList();
        if (fault == PlantedFault.DropsDeletes && !changes.All(c => c.IsDelete))
            changes.RemoveAll(c => c.IsDelete);
        if (fault == PlantedFault.TearsPatches && changes.Count > 1)
            changes.RemoveAt(changes.Count - 1);
        foreach (var change in changes)
            _ = change.Value is { } value ? changed.Set(change.Key, value) : changed.Delete(change.Key);
        if (fault != PlantedFault.IgnoresExpectations)
        {
            foreach (var expectation in patch.Expectations)
                changed.Expect(expectation.Key, expectation.Version);
        }

        if (patch.ExpectedSessionVersion is { } version)
            changed.ExpectSession(version);
        if (fault == PlantedFault.TakesLateCommits)
            _ = await inner.FindSessionAsync(session, cancellationToken);
        else if (patch.Incarnation is { } incarnation)
            changed.ForIncarnation(incarnation);
        patch.Freeze();
        try
        {
            return await inner.CommitAsync(session, changed, cancellationToken) with { CommitId = patch.CommitId };
        }
        finally
        {
            if (changed.Incarnation is { } bound)
                patch.Bind(bound);
        }
    }

    public ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken) =>
        inner.ImportAsync(session, entries, cancellationToken);

    public IAsyncEnumerable<AuthRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken) =>
        inner.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<AuthRecordCheck> VerifyAsync(AuthSessionId session, CancellationToken cancellationToken) => inner.VerifyAsync(session, cancellationToken);

    public ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        inner.FindSessionAsync(session, cancellationToken);

    public ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        inner.SummarizeAsync(session, cancellationToken);

    public IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) =>
        inner.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) => inner.DeleteSessionAsync(session, cancellationToken);

    public ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken) => inner.OpenAsync(session, cancellationToken);
}
