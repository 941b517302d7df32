using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>Promise 1: answers an outage as an absent record, as every peer's file store does.</summary>
internal sealed class ErrorIsAbsenceStore(IAuthStateStore inner) : StoreDecorator(inner)
{
    public override async ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Inner.GetAsync(session, key, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return AuthRecord.Absent(key);
        }
    }
}

/// <summary>Promise 9: gives whatever stands in a record's place, wherever it belongs.</summary>
internal sealed class UnboundStore(IAuthStateStore inner) : StoreDecorator(inner)
{
    public override async ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Inner.GetAsync(session, key, cancellationToken);
        }
        catch (EnvelopeException)
        {
            return AuthRecord.Found(key, 1, new byte[1]);
        }
    }
}

/// <summary>Promise 10: keeps a readable copy of every value in the tier, "for debugging".</summary>
internal sealed class PlaintextStore(IAuthStateStore inner, IColdTier cold) : StoreDecorator(inner)
{
    private readonly WrappedDataKey _key = new(new DataKeyId(1), new byte[1]);

    public override async ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
    {
        var receipt = await Inner.CommitAsync(session, patch, cancellationToken);
        var copy = new SealedPatch { CommitId = CommitId.New(), Changes = [.. patch.Changes.Select(c => new SealedChange(c.Key, c.Value))] };
        await cold.CommitAsync(
            new ColdCommit { Session = new AuthSessionId("debug", "log"), Incarnation = 1, SealedWith = _key.Id, NewDataKey = _key, Patches = [copy] }, cancellationToken);
        return receipt;
    }
}

/// <summary>Promise 11: writes the whole session at every commit.</summary>
internal sealed class RewritingStore(IAuthStateStore inner) : StoreDecorator(inner)
{
    public override async ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
    {
        var whole = new AuthPatch(patch.CommitId);
        await foreach (var record in Inner.EnumerateAsync(session, cancellationToken: cancellationToken))
            whole.Set(record.Key, record.Value);
        foreach (var change in patch.Changes)
            _ = change.Value is { } value ? whole.Set(change.Key, value) : whole.Delete(change.Key);
        foreach (var expectation in patch.Expectations)
            whole.Expect(expectation.Key, expectation.Version);
        return await Inner.CommitAsync(session, whole, cancellationToken);
    }
}

/// <summary>Promise 12: takes a patch that changes nothing, and a session without a name.</summary>
internal sealed class GullibleStore(IAuthStateStore inner) : StoreDecorator(inner)
{
    public override ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default) =>
        patch?.Changes.Count == 0
            ? ValueTask.FromResult(new CommitReceipt(patch.CommitId, 1, 1, CommitOutcome.Persisted, IsRepeat: false))
            : Inner.CommitAsync(session.IsEmpty ? new AuthSessionId("nobody", "nobody") : session, patch!, cancellationToken);
}
