using HybridStore.MongoDb.Engine;
using HybridStore.Tiers;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>Ends a session's life: a tombstone comes, the document and the keys go, and the records, which nobody reaches any more, go later.</summary>
internal sealed class DeleteTransaction(MongoDbStore store, AuthSessionId session)
{
    private ColdDeletion? _attempted;

    public async Task<(ColdDeletion Result, bool Keep)> RunAsync(IClientSessionHandle transaction, CancellationToken deadline)
    {
        var state = await SessionState.ReadAsync(store, transaction, session, deadline).ConfigureAwait(false);
        var (document, before) = (state.Document, state.Tombstone);
        if (document.IsNew)
            return (Earlier(before), false);

        var after = new TombstoneDocument(document.Incarnation, document.Exists ? document.Version : before.LastVersion, document.Epoch + 1);
        _attempted = new ColdDeletion(document.Exists, after.Incarnation, after.LastVersion, after.Epoch);
        var writer = new SessionWriter(store, transaction, deadline);
        await writer.DeleteAsync(document).ConfigureAwait(false);
        await writer.SetTombstoneAsync(session, after).ConfigureAwait(false);
        await writer.DestroyDataKeysAsync(document.Life).ConfigureAwait(false);
        await writer.PurgeAsync(document.Life).ConfigureAwait(false);
        return (_attempted, true);
    }

    // What an attempt of ours left behind whose outcome was not known: an epoch is raised once.
    private ColdDeletion Earlier(TombstoneDocument tombstone) => _attempted is { } ours && ours.Epoch == tombstone.Epoch
        ? ours
        : new ColdDeletion(false, tombstone.Incarnation, tombstone.LastVersion, tombstone.Epoch);
}
