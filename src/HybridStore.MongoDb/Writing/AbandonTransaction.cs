using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>Gives up what an import that did not come to its end has written; the document stays if somebody was given an epoch of it.</summary>
internal sealed class AbandonTransaction(MongoDbStore store, AuthSessionId session, ObjectId life)
{
    public async Task<(bool Result, bool Keep)> RunAsync(IClientSessionHandle transaction, CancellationToken deadline)
    {
        var document = (await SessionState.ReadAsync(store, transaction, session, deadline).ConfigureAwait(false)).Document;
        if (!document.Loading || document.Life != life)
            return (false, false);
        var writer = new SessionWriter(store, transaction, deadline);
        await writer.TakeOverIfLoadingAsync(document).ConfigureAwait(false);
        await (document.Epoch != 0 || document.Incarnation != 0 ? writer.SaveAsync(document) : writer.DeleteAsync(document)).ConfigureAwait(false);
        return (true, true);
    }
}
