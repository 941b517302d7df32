using System.Runtime.CompilerServices;
using HybridStore.Backup;
using HybridStore.Codec;
using HybridStore.Diagnostics;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>The former versions of records, and the way back to them.</summary>
    public AuthHistory History { get; }

    internal async IAsyncEnumerable<T> ListHistoryAsync<T>(
        AuthSessionId session,
        Func<IColdHistory, AuthSessionId, CancellationToken, IAsyncEnumerable<T>> list,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var history = HistoryTier();
        if (await FindSessionAsync(session, cancellationToken).ConfigureAwait(false) is null)
            throw new SessionNotFoundException(session);
        await foreach (var item in list(history, session, cancellationToken).ConfigureAwait(false))
            yield return item;
    }

    internal async ValueTask<RolledBackSession> RollbackAsync(AuthSessionId session, long version, CancellationToken cancellationToken)
    {
        Check(session);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var about = _audit.About(AuditKind.SessionRolledBack, session);
        return await _audit.RunAsync(
            about is null ? null : about with { Version = version },
            () => RollbackRecordedAsync(session, version, cancellationToken),
            static (done, result) => done with { Version = result.Version, Records = result.Records },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RolledBackSession> RollbackRecordedAsync(AuthSessionId session, long version, CancellationToken cancellationToken)
    {
        var history = HistoryTier();
        if ((await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)).Head is not { } head)
            throw new SessionNotFoundException(session);
        var preKeyId = await FindPreKeyIdAsync(session, cancellationToken).ConfigureAwait(false);
        var (from, tally) = (0L, new RestoreTally());
        var now = await GoBackAsync(
            session,
            head.Incarnation,
            beyond: 0,
            cold =>
            {
                from = cold.Head!.Version;
                return ReadFormerAsync(history, session, version, cold, preKeyId, tally, cancellationToken);
            },

            // Whoever rolls back need not be who is configured to keep history: where there is some, it goes on.
            _history ?? HistoryOptions.Unbounded,
            cancellationToken).ConfigureAwait(false);
        Log.SessionRolledBack(_logger, session, version, now);
        return new RolledBackSession(session, version, from, now, tally.Records, tally.Dropped);
    }

    /// <summary>The records that a session had at a version, as they may be used after going back.</summary>
    private async IAsyncEnumerable<SealedChange> ReadFormerAsync(
        IColdHistory history,
        AuthSessionId session,
        long version,
        ColdRead cold,
        long preKeyId,
        RestoreTally tally,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CheckReachesAsync(history, session, version, cancellationToken).ConfigureAwait(false);
        var keys = new List<DataKey>();
        try
        {
            foreach (var key in cold.DataKeys)
                keys.Add(await UnwrapAsync(session, cold.Head!.Incarnation, key, cancellationToken).ConfigureAwait(false));
            await foreach (var record in _cold.EnumerateAsync(session, type: null, cancellationToken).ConfigureAwait(false))
            {
                if (GoingBackPolicy.Of(record.Key) == GoingBackRule.Drop)
                    tally.Dropped++;
                else if (record.Version <= version)
                    yield return Counted(record);
            }

            await foreach (var record in history.EnumerateReplacedAsync(session, version, cancellationToken).ConfigureAwait(false))
            {
                // Whoever damaged it while nobody looked must not bring it back.
                _codec.Open(session, record.Key, keys, record.Envelope.Span);
                yield return Counted(record);
            }
        }
        finally
        {
            keys.ForEach(static key => key.Dispose());
        }

        SealedChange Counted(SealedRecord record)
        {
            tally.Records++;
            return GoneBack(session, record, keys, preKeyId)!.Value;
        }
    }

    private static async ValueTask CheckReachesAsync(IColdHistory history, AuthSessionId session, long version, CancellationToken cancellationToken)
    {
        long oldest = 0, newest = 0;
        var found = false;
        await foreach (var one in history.ListAsync(session, cancellationToken).ConfigureAwait(false))
        {
            newest = Math.Max(newest, one.Version);
            oldest = one.Version;
            found |= one.Version == version;
        }

        if (!found)
            throw new HistoryUnreachableException(session, version, oldest, newest);
    }

    private IColdHistory HistoryTier() => _cold.History ?? throw new StoreUnusableException(
        _cold.Name, StoreUnusableReason.NoHistory, $"The cold tier {_cold.Name} keeps no former versions of records. Choose another, or leave the options of history out.");
}
