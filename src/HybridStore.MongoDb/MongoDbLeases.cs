using System.Runtime.CompilerServices;
using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using HybridStore.MongoDb.Writing;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb;

/// <summary>The leases, as fields of the sessions' documents, by the server's clock.</summary>
internal sealed class MongoDbLeases(MongoDbStore store, SessionReader reader, Transactions transactions) : IColdLeases
{
    private const int PageSessions = 256;
    private static readonly BsonDocument InOrder = new() { { "_id.t", 1 }, { "_id.n", 1 } };

    public async ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ColdInput.Check(request.Session);
        ArgumentException.ThrowIfNullOrEmpty(request.Holder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Duration, TimeSpan.Zero);
        return await transactions.RunAsync("acquire", request.Session, new AcquireTransaction(store, request).RunAsync, null, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        if (leases.Count == 0)
            return [];
        foreach (var lease in leases)
            ColdInput.Check(lease.Session);
        return await store.CallAsync("renew", deadline => ExtendAsync(leases, ServerTime.Bounded(duration), deadline), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var fields = new BsonDocument { { SessionDocument.HolderField, BsonNull.Value }, { SessionDocument.UntilField, ServerTime.Write(DateTimeOffset.UnixEpoch) } };
        if (drained)
            fields.Add(SessionDocument.AheadField, 0L);
        return await store.CallAsync(
            "release",
            async deadline =>
            {
                var result = await store.Collections.Sessions.UpdateOneAsync(Held(lease), new BsonDocument("$set", fields), cancellationToken: deadline).ConfigureAwait(false);
                return result.MatchedCount > 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var fields = new BsonDocument(SessionDocument.AheadField, mayQueue ? lease.Epoch : 0L);
        return await store.CallAsync(
            "set ahead",
            async deadline =>
            {
                var result = await store.Collections.Sessions.UpdateOneAsync(Held(lease), new BsonDocument("$set", fields), cancellationToken: deadline).ConfigureAwait(false);
                return result.MatchedCount > 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AuthSessionId last = default;
        List<ColdSession> page;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var filter = Ahead(unheldOnly, last);
            page = await store.CallAsync("list", deadline => reader.ListAsync(filter, InOrder, PageSessions, deadline), cancellationToken).ConfigureAwait(false);
            foreach (var session in page)
            {
                last = session.Id;
                yield return session;
            }
        }
        while (page.Count == PageSessions);
    }

    // One round trip for all of them, and another only where one is lost: which one that is.
    private async Task<IReadOnlyList<bool>> ExtendAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken deadline)
    {
        var until = new BsonDocument("$add", new BsonArray { store.ServerTime.Now, (long)duration.TotalMilliseconds });
        var extend = new PipelineUpdateDefinition<BsonDocument>(
            PipelineDefinition<BsonDocument, BsonDocument>.Create(new BsonDocument("$set", new BsonDocument(SessionDocument.UntilField, until))));
        var updates = leases.Select(lease => new UpdateOneModel<BsonDocument>(Held(lease), extend));
        var result = await store.Collections.Sessions.BulkWriteAsync(updates, new BulkWriteOptions { IsOrdered = false }, deadline).ConfigureAwait(false);
        if (result.MatchedCount == leases.Count)
            return [.. leases.Select(static _ => true)];

        // A lease that is lost is never got back, so that who is found to hold now held just before.
        var held = await store.Collections.Sessions
            .Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(leases.Select(static lease => SessionDocument.Id(lease.Session))))))
            .Project(Stages.WithoutCommits["$project"].AsBsonDocument)
            .ToListAsync(deadline).ConfigureAwait(false);
        var epochs = held.Select(static d => (SessionDocument.SessionOf(d), SessionDocument.Read(d)))
            .Where(static d => d.Item2.LeaseHolder is not null)
            .Select(static d => new LeaseRef(d.Item1, d.Item2.Epoch))
            .ToHashSet();
        return [.. leases.Select(epochs.Contains)];
    }

    private static BsonDocument Held(LeaseRef lease) => new()
    {
        { "_id", SessionDocument.Id(lease.Session) },
        { SessionDocument.EpochField, lease.Epoch },
        { SessionDocument.HolderField, new BsonDocument("$ne", BsonNull.Value) },
    };

    private BsonDocument Ahead(bool unheldOnly, AuthSessionId after)
    {
        var conditions = new BsonArray { new BsonDocument(SessionDocument.AheadField, new BsonDocument("$gt", 0L)) };
        if (!after.IsEmpty)
        {
            conditions.Add(new BsonDocument("$or", new BsonArray
            {
                new BsonDocument("_id.t", new BsonDocument("$gt", after.Tenant)),
                new BsonDocument { { "_id.t", after.Tenant }, { "_id.n", new BsonDocument("$gt", after.Session) } },
            }));
        }

        if (unheldOnly)
        {
            var ranOut = new BsonDocument("$lte", new BsonArray { $"${SessionDocument.UntilField}", store.ServerTime.Now });
            conditions.Add(new BsonDocument("$or", new BsonArray
            {
                new BsonDocument(SessionDocument.HolderField, BsonNull.Value),
                new BsonDocument("$expr", ranOut),
            }));
        }

        return new BsonDocument("$and", conditions);
    }
}
