using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>The leases, as parts of the sessions' heads.</summary>
internal sealed class RedisColdLeases(ColdServer server) : IColdLeases
{
    public async ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ColdInput.Check(request.Session);
        ArgumentException.ThrowIfNullOrEmpty(request.Holder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Duration, TimeSpan.Zero);
        var own = server.KeysOf(request.Session);
        RedisValue[] arguments =
        [
            server.Now, own.Name, request.Holder, Milliseconds(request.Duration), request.MayQueue ? "1" : "0",
            request.DeadEpoch, request.LiveEpoch, request.RefusesAhead ? "1" : "0", request.AboveEpoch,
        ];
        var reply = ColdReply.Array(await server.WriteAsync(ColdScript.Acquire, [own.Head, own.Ahead], arguments, "acquire", null, cancellationToken).ConfigureAwait(false));
        return new LeaseGrant
        {
            Granted = ColdReply.Number(reply[0]) != 0,
            Epoch = ColdReply.Number(reply[1]),
            Holder = (string?)reply[2],
            Until = ColdReply.Time(reply[3]),
            FormerAheadEpoch = ColdReply.Number(reply[4]),
            Head = ColdReply.Head(reply[5]),
        };
    }

    public async ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        foreach (var lease in leases)
            ColdInput.Check(lease.Session);
        cancellationToken.ThrowIfCancellationRequested();

        // One script for each bucket, all on their way at once.
        var renewed = new bool[leases.Count];
        await Task.WhenAll(leases.Select((lease, i) => (Keys: server.KeysOf(lease.Session), lease.Epoch, Index: i))
            .GroupBy(static lease => lease.Keys.Bucket)
            .Select(async bucket =>
            {
                var part = bucket.ToList();
                RedisValue[] arguments = [server.Now, Milliseconds(duration), .. part.Select(static lease => (RedisValue)lease.Epoch)];
                var reply = await server.WriteAsync(ColdScript.Renew, [.. part.Select(static lease => lease.Keys.Head)], arguments, "renew", null, cancellationToken)
                    .ConfigureAwait(false);
                foreach (var (i, held) in ColdReply.Array(reply).Index())
                    renewed[part[i].Index] = ColdReply.Number(held) != 0;
            })).ConfigureAwait(false);
        return renewed;
    }

    public async ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var own = server.KeysOf(lease.Session);
        var reply = await server.WriteAsync(ColdScript.Release, [own.Head, own.Ahead], [own.Name, lease.Epoch, drained ? "1" : "0"], "release", null, cancellationToken)
            .ConfigureAwait(false);
        return ColdReply.Number(reply) != 0;
    }

    public async ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var own = server.KeysOf(lease.Session);
        var reply = await server.WriteAsync(ColdScript.SetAhead, [own.Head, own.Ahead], [own.Name, lease.Epoch, mayQueue ? "1" : "0"], "set ahead", null, cancellationToken)
            .ConfigureAwait(false);
        return ColdReply.Number(reply) != 0;
    }

    public IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, CancellationToken cancellationToken) =>
        new ColdListing(server, ColdBucket.Ahead, tenant: null, head => head.IsAhead && !(unheldOnly && head.IsHeld)).RunAsync(cancellationToken);

    private static long Milliseconds(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds);
}
