using HybridStore.Redis.Connection;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>The outbox of a session: a stream beside its hash, an entry for each patch. What leads where is in the scripts.</summary>
internal sealed class RedisOutbox(HotCalls calls) : IHotOutbox
{
    private const int PartsAtOnce = 64;
    private const string Last = "18446744073709551615";

    public bool KeepsEverything => calls.Connection.KeepsEverything;

    public async ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Patches.Count == 0)
            throw new ArgumentException("Nothing is to be queued.", nameof(commit));
        var place = calls.PlaceOf(commit.Session);
        var (changes, ids) = (0, 0);
        for (var i = 0; i < commit.Patches.Count; i++)
        {
            var patch = commit.Patches[i];
            if (patch.Predecessor is not { } predecessor || patch.Version <= predecessor)
                throw new ArgumentException("Queued patches need a predecessor, and lead upwards.", nameof(commit));
            changes += patch.Changes.Count;
            ids += patch.Absorbed.Count + 1;
        }

        if (changes > HotCalls.MostRecords)
            throw new StoreUnavailableException(RedisErrors.TierName, $"{changes} records are too many to queue at once; the most is {HotCalls.MostRecords}. Nothing was changed.");

        var arguments = calls.Arguments(place, 6 + (5 * commit.Patches.Count) + (2 * ids) + (2 * changes))
            .Add(commit.Incarnation).Add(commit.Epoch).Add(commit.GoodUntil.UtcTicks).Add(commit.DrainedVersion).Add(commit.IsGivenAgain ? 1 : 0)
            .Add(commit.Patches.Count);
        for (var i = 0; i < commit.Patches.Count; i++)
            Add(arguments, commit, commit.Patches[i]);
        var reply = (RedisResult[])(await calls.ScriptAsync(
            RedisScript.Queue,
            place,
            arguments,
            cancellationToken,
            outcomeUnknown: e => new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, e)).ConfigureAwait(false))!;
        return new HotQueueResult((HotQueueStatus)(int)reply[0], Number(reply[1]));
    }

    public async ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(adoption);
        var place = calls.PlaceOf(adoption.Session);
        var deadline = calls.Connection.StartCall();
        var arguments = calls.Arguments(place).Add(await calls.UntilAsync(place, adoption.ValidFor, deadline, cancellationToken).ConfigureAwait(false))
            .Add(adoption.Meta.Incarnation).Add(adoption.Meta.Version).Add(adoption.Meta.Epoch).Add(adoption.Meta.GoodUntil.UtcTicks)
            .Add(DataKeysValue.Of(adoption.DataKeys)).Add(adoption.IsWhole ? 1 : 0).Add(adoption.WholeAt);
        var reply = await calls.ScriptAsync(RedisScript.Adopt, place, arguments, cancellationToken, deadline).ConfigureAwait(false);
        return reply.IsNull ? null : Number(reply);
    }

    public async ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var place = calls.PlaceOf(session);
        var deadline = calls.Connection.StartCall();
        var reader = new EntryReader();
        var above = $"({aboveVersion.ToString(System.Globalization.CultureInfo.InvariantCulture)}-{Last}";
        while (true)
        {
            // Parts that don't belong to one of the entries asked for are read at most once more than needed.
            var count = Math.Min(PartsAtOnce, Math.Max(1, limit - reader.Entries.Count));
            object[] arguments = [(RedisKey)place.Outbox, above, "+", "COUNT", count];
            var parts = (RedisResult[])(await calls.ExecuteAsync("XRANGE", arguments, deadline, cancellationToken).ConfigureAwait(false))!;
            try
            {
                foreach (var part in parts)
                {
                    var pair = (RedisResult[])part!;
                    above = $"({(string)pair[0]!}";
                    reader.Add([.. ((RedisResult[])pair[1]!).Select(static v => (byte[])v!)]);
                    if (reader.Entries.Count == limit)
                        return reader.Entries;
                }
            }
            catch (Exception e) when (e is FormatException or AuthStoreException)
            {
                throw calls.Foreign(session);
            }

            if (parts.Length < count)
                return reader.Entries;
        }
    }

    public async ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken)
    {
        var place = calls.PlaceOf(lease.Session);
        await calls.ScriptAsync(RedisScript.Acknowledge, place, calls.Arguments(place).Add(incarnation).Add(throughVersion).Add(lease.Epoch), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        // Each session may be on another server; all are on their way at once.
        return await Task.WhenAll(leases.Select(lease => RenewAsync(lease, duration, cancellationToken))).ConfigureAwait(false);
    }

    public async ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken)
    {
        var place = calls.PlaceOf(lease.Session);
        await calls.ScriptAsync(RedisScript.Release, place, calls.Arguments(place).Add(lease.Epoch), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken)
    {
        var place = calls.PlaceOf(lease.Session);
        var reply = await calls.ScriptAsync(RedisScript.Park, place, calls.Arguments(place).Add(lease.Epoch).Add(ParkedText.Of(entry)), cancellationToken).ConfigureAwait(false);
        return (int)reply == 1;
    }

    public async ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken)
    {
        var place = calls.PlaceOf(session.Session);
        await calls.ScriptAsync(RedisScript.Discard, place, calls.Arguments(place).Add(session.Epoch).Add(throughIncarnation), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool?> RenewAsync(LeaseRef lease, TimeSpan duration, CancellationToken cancellationToken)
    {
        var place = calls.PlaceOf(lease.Session);
        var arguments = calls.Arguments(place).Add(lease.Epoch).Add((long)duration.TotalMilliseconds);
        var reply = await calls.ScriptAsync(RedisScript.Renew, place, arguments, cancellationToken).ConfigureAwait(false);
        return reply.IsNull ? null : (int)reply == 1;
    }

    private static void Add(ScriptArguments arguments, QueuedCommit commit, SealedPatch patch)
    {
        arguments.Add(patch.Predecessor!.Value).Add(patch.Version).Add(EntryHead.Of(commit, patch)).Add(patch.Absorbed.Count + 1).Add(patch.Changes.Count);
        for (var i = 0; i < patch.Absorbed.Count; i++)
            arguments.Add(patch.Absorbed[i].Id).Add(patch.Absorbed[i].Version);
        arguments.Add(patch.CommitId).Add(patch.Version).Add(patch.Changes, patch.Version);
    }

    private static long Number(RedisResult result) => long.Parse((string)result!, System.Globalization.CultureInfo.InvariantCulture);
}
