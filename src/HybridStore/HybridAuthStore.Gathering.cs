using HybridStore.Coordination;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>Reads one record that this process does not hold; who wants the same meanwhile waits for the same answer.</summary>
    internal ValueTask<AuthRecord> ReadOneAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        Check(session);
        Check(key);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _initialized ? BeginReadOneAsync(session, key, cancellationToken) : InitializeAndReadOneAsync(session, key, cancellationToken);
    }

    private async ValueTask<AuthRecord> InitializeAndReadOneAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await BeginReadOneAsync(session, key, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<AuthRecord> BeginReadOneAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = StateOf(session);
        var seen = state.Seen;
        var now = _time.GetUtcNow();
        var reads = state.Reads;
        if (reads.Flights.TryGetValue(key, out var flight) && flight.TryJoin(seen, now, state.Lease is not null, _maxStaleness) is { } joined)
            return new ValueTask<AuthRecord>(joined.WaitAsync(cancellationToken));

        // On its own from here on: whoever began it may give up, and the others still get their answer.
        flight = new Flight(seen, now, _continuations);
        reads.Flights[key] = flight;
        var landing = reads.Gather.Add(key, flight) ?? LeadAsync(session, state, key, flight);
        return new ValueTask<AuthRecord>(cancellationToken.CanBeCanceled ? WaitAsync(landing, cancellationToken) : landing);
    }

    private static async Task<AuthRecord> WaitAsync(Task<AuthRecord> landing, CancellationToken cancellationToken)
    {
        try
        {
            return await landing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!landing.IsCompleted)
        {
            // Looked at, so that it is no unobserved exception should it fail now that nobody waits for it.
            _ = landing.ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Reads one record at once; who began the read gets the answer by itself, without a detour over those who wait for it too.</summary>
    private async Task<AuthRecord> LeadAsync(AuthSessionId session, SessionState state, AuthKey key, Flight flight)
    {
        try
        {
            // As ReadEachAsync, of which this is the shortest case: nothing is called on the way that has a step of its own.
            AuthKey[] keys = [key];
            var fill = state.BeginFill();
            HotRead? hot = null;
            if (_resilience?.HotPipeline is not { } pipeline || !pipeline.TryBegin(session.Tenant, out var direct))
            {
                hot = await ReadHotAsync(session, keys, withDataKeys: state.Keys is null, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                try
                {
                    hot = await _resilience.Hot!.Inner.ReadAsync(session, keys, withDataKeys: state.Keys is null, CancellationToken.None).ConfigureAwait(false);
                    await pipeline.EndAsync(direct).ConfigureAwait(false);
                }
                catch (StoreUnavailableException e)
                {
                    await pipeline.EndAsync(direct, e).ConfigureAwait(false);
                    HotFailed(e, "read");
                }
            }

            AuthRecordSet? answer = null;
            if (hot is not null && ReadDecision.JudgeHot(hot, state.Seen, _time.GetUtcNow(), state.Lease is not null) == HotTrust.Believed)
                answer = await OpenHotAsync(session, state, keys, hot, fill).ConfigureAwait(false);
            answer ??= await ReadColdAsync(session, state, keys, hot, shown: true, CancellationToken.None).ConfigureAwait(false);
            state.Reads.Flights.TryRemove(new KeyValuePair<AuthKey, Flight>(key, flight));
            flight.Land(answer[0]);
            return answer[0];
        }
        catch (Exception e)
        {
            state.Reads.Flights.TryRemove(new KeyValuePair<AuthKey, Flight>(key, flight));
            flight.Fail(e);
            throw;
        }
        finally
        {
            if (state.Reads.Gather.Next() is { } next)
                _ = FlyAsync(session, state, next);
        }
    }

    private async Task FlyAsync(AuthSessionId session, SessionState state, (AuthKey Key, Flight Flight)[]? batch)
    {
        for (; batch is not null; batch = state.Reads.Gather.Next())
        {
            if (!await TryFlyAsync(session, state, batch).ConfigureAwait(false))
            {
                // One of them has failed all: each for itself, so that it fails nobody else.
                foreach (var one in batch)
                    _ = await TryFlyAsync(session, state, [one]).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<bool> TryFlyAsync(AuthSessionId session, SessionState state, (AuthKey Key, Flight Flight)[] batch)
    {
        var keys = new AuthKey[batch.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = batch[i].Key;
        try
        {
            var answer = await ReadEachAsync(session, state, keys).ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
            {
                state.Reads.Flights.TryRemove(new KeyValuePair<AuthKey, Flight>(keys[i], batch[i].Flight));
                batch[i].Flight.Land(answer[i]);
            }
        }
#pragma warning disable CA1031 // Whatever it is, those who wait for the answer get it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (batch.Length > 1)
                return false;
            state.Reads.Flights.TryRemove(new KeyValuePair<AuthKey, Flight>(keys[0], batch[0].Flight));
            batch[0].Flight.Fail(e);
        }

        return true;
    }

    /// <summary>Reads records that need not be of one version: those that hot has are answered, and only the others are asked of cold.</summary>
    private async ValueTask<IReadOnlyList<AuthRecord>> ReadEachAsync(AuthSessionId session, SessionState state, AuthKey[] keys)
    {
        var fill = state.BeginFill();
        var hot = await ReadHotAsync(session, keys, withDataKeys: state.Keys is null, CancellationToken.None).ConfigureAwait(false);
        var trust = hot is null ? HotTrust.NoMeta : ReadDecision.JudgeHot(hot, state.Seen, _time.GetUtcNow(), state.Lease is not null);
        if (trust == HotTrust.Believed && await OpenHotAsync(session, state, keys, hot!, fill).ConfigureAwait(false) is { } all)
            return all;
        int[] hits = trust == HotTrust.Incomplete ? [.. Enumerable.Range(0, keys.Length).Where(i => hot!.Records[i] is not null)] : [];
        if (hits.Length == 0 || await OpenHotAsync(session, state, Select(keys, hits), Select(hot!, hits), fill).ConfigureAwait(false) is not { } found)
            return await ReadColdAsync(session, state, keys, hot, shown: true, CancellationToken.None).ConfigureAwait(false);

        int[] misses = [.. Enumerable.Range(0, keys.Length).Where(i => hot!.Records[i] is null)];
        var rest = await ReadColdAsync(session, state, Select(keys, misses), Select(hot!, misses), shown: true, CancellationToken.None).ConfigureAwait(false);
        var records = new AuthRecord[keys.Length];
        for (var i = 0; i < hits.Length; i++)
            records[hits[i]] = found[i];
        for (var i = 0; i < misses.Length; i++)
            records[misses[i]] = rest[i];
        return records;
    }

    private static AuthKey[] Select(AuthKey[] keys, int[] places) => Array.ConvertAll(places, i => keys[i]);

    private static HotRead Select(HotRead hot, int[] places) => new()
    {
        Meta = hot.Meta,
        RunId = hot.RunId,
        Generation = hot.Generation,
        Outbox = hot.Outbox,
        DataKeys = hot.DataKeys,
        Records = Array.ConvertAll(places, i => hot.Records[i]),
    };

    /// <summary>Reads records into this process, as far as it does not hold them.</summary>
    internal async ValueTask PrefetchAsync(AuthSessionId session, SessionState state, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken)
    {
        Check(keys);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var missing = state.Missing(keys);
        if (missing.Length > 0)
            _ = await ReadAsync(session, state, missing, cancellationToken).ConfigureAwait(false);
    }
}
