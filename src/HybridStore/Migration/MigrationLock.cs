using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>
/// Keeps everybody out of a session in one tier, by its lease: of a copy that is not switched yet, and of a source that is. The name is the same for every run, so that the
/// next one takes up what one that was killed has left.
/// </summary>
internal sealed class MigrationLock(IColdTier tier, AuthSessionId session)
{
    private const string Looker = ColdMigration.Holder + " (looking)";

    // A run that is killed while it holds a session in the source keeps the bot waiting for so long at most.
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ForEver = TimeSpan.FromDays(36_500);

    /// <summary>The epoch under which it is locked by this run; 0: it is not.</summary>
    public long Epoch { get; private set; }

    /// <summary>Locks the session until somebody opens the lock, unless somebody else holds it.</summary>
    /// <param name="aboveEpoch">Epochs that the other store has given out.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<LeaseGrant> TakeAsync(long aboveEpoch, CancellationToken cancellationToken) =>
        Taken(await tier.Leases.AcquireAsync(Request(ColdMigration.Holder, ForEver) with { AboveEpoch = aboveEpoch }, cancellationToken).ConfigureAwait(false));

    /// <summary>Locks the session for a minute at first, if nobody holds it and it has nothing queued.</summary>
    public async ValueTask<LeaseGrant> TakeShortAsync(CancellationToken cancellationToken)
    {
        // By another name first: whether the session was locked by an earlier run, or was free, is only told to who is refused.
        var look = await tier.Leases.AcquireAsync(Request(Looker, Short), cancellationToken).ConfigureAwait(false);
        if (!look.Granted)
            return look;
        return Taken(await tier.Leases.AcquireAsync(Request(ColdMigration.Holder, Short) with { DeadEpoch = look.Epoch }, CancellationToken.None).ConfigureAwait(false));
    }

    /// <summary>Takes over what an earlier run has locked.</summary>
    public async ValueTask<LeaseGrant> TakeAgainAsync(CancellationToken cancellationToken) =>
        Taken(await tier.Leases.AcquireAsync(Request(ColdMigration.Holder, ForEver), cancellationToken).ConfigureAwait(false));

    /// <summary>Turns a short lock into one for good.</summary>
    /// <returns>Whether nobody came between.</returns>
    public async ValueTask<bool> KeepAsync() =>
        (await tier.Leases.RenewAsync([new LeaseRef(session, Epoch)], ForEver, CancellationToken.None).ConfigureAwait(false))[0];

    /// <summary>Opens the lock, if this run holds it.</summary>
    public async ValueTask OpenAsync()
    {
        if (Epoch == 0)
            return;
        _ = await tier.Leases.ReleaseAsync(new LeaseRef(session, Epoch), drained: true, CancellationToken.None).ConfigureAwait(false);
        Epoch = 0;
    }

    /// <summary>Finds out who holds the session, without keeping it.</summary>
    /// <returns>Whether it is free, and if not, who holds it.</returns>
    public async ValueTask<(bool IsFree, string? Holder)> LookAsync(CancellationToken cancellationToken)
    {
        var look = await tier.Leases.AcquireAsync(Request(Looker, Short), cancellationToken).ConfigureAwait(false);
        if (look.Granted)
            _ = await tier.Leases.ReleaseAsync(new LeaseRef(session, look.Epoch), drained: true, CancellationToken.None).ConfigureAwait(false);
        return (look.Granted, look.Holder);
    }

    /// <summary>Whether a migration has locked the session.</summary>
    public async ValueTask<bool> IsOursAsync(CancellationToken cancellationToken) =>
        await LookAsync(cancellationToken).ConfigureAwait(false) is { IsFree: false, Holder: ColdMigration.Holder };

    private LeaseRequest Request(string holder, TimeSpan duration) => new(session, holder, duration, MayQueue: false) { RefusesAhead = true };

    private LeaseGrant Taken(LeaseGrant grant)
    {
        if (grant.Granted)
            Epoch = grant.Epoch;
        return grant;
    }
}
