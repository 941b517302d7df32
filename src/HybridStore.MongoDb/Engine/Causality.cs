using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>
/// How far this process has seen the database: every call asks for nothing older. After an election the new primary may not know yet how much of what it has a
/// majority has, and would answer from before; so it waits until it knows. What an older answer would look like is a database that went back in time.
/// </summary>
internal sealed class Causality(IMongoClient client)
{
    private readonly Lock _sync = new();
    private BsonTimestamp? _operationTime;
    private BsonDocument? _clusterTime;

    public async Task<IClientSessionHandle> StartAsync(CancellationToken cancellationToken)
    {
        var session = await client.StartSessionAsync(new ClientSessionOptions { CausalConsistency = true }, cancellationToken).ConfigureAwait(false);
        var (operationTime, clusterTime) = Seen();
        if (clusterTime is not null)
            session.AdvanceClusterTime(clusterTime);
        if (operationTime is not null)
            session.AdvanceOperationTime(operationTime);
        return session;
    }

    /// <summary>Notes what a session has seen.</summary>
    public void Note(IClientSessionHandle session)
    {
        if (session.OperationTime is not { } time)
            return;
        lock (_sync)
        {
            if (_operationTime is not null && _operationTime >= time)
                return;
            _operationTime = time;
            _clusterTime = session.ClusterTime;
        }
    }

    private (BsonTimestamp? OperationTime, BsonDocument? ClusterTime) Seen()
    {
        lock (_sync)
            return (_operationTime, _clusterTime);
    }
}
