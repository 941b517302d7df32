using HybridStore.MongoDb.Engine;
using HybridStore.Tiers;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>Takes a lease; a session that does not exist gets a document without a version for it.</summary>
internal sealed class AcquireTransaction(MongoDbStore store, LeaseRequest request)
{
    public async Task<(LeaseGrant Result, bool Keep)> RunAsync(IClientSessionHandle transaction, CancellationToken deadline)
    {
        var state = await SessionState.ReadAsync(store, transaction, request.Session, deadline).ConfigureAwait(false);
        var document = state.Document;
        if (document.Refuses(request, state.Now))
            return (Answer(document, granted: false, document.AheadEpoch) with { Holder = document.LeaseHolder }, false);

        long formerAhead = document.AheadEpoch;
        document.Epoch = Math.Max(document.Epoch, request.AboveEpoch) + 1;
        document.LeaseHolder = request.Holder;
        document.LeaseUntil = state.Now + ServerTime.Bounded(request.Duration);
        if (request.MayQueue)
            document.AheadEpoch = document.Epoch;
        await new SessionWriter(store, transaction, deadline).SaveAsync(document).ConfigureAwait(false);
        return (Answer(document, granted: true, formerAhead), true);
    }

    private static LeaseGrant Answer(SessionDocument document, bool granted, long formerAhead) => new()
    {
        Granted = granted,
        Epoch = document.Epoch,
        Until = document.LeaseUntil,
        FormerAheadEpoch = formerAhead,
        Head = document.ToHead(),
    };
}
