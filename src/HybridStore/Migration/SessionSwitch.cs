using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>Hands a session over: at every moment it can be opened in one of the two stores at most, and whatever it is cut short at, the next run goes on.</summary>
internal sealed class SessionSwitch(IColdTier from, IColdTier to, SessionCopy copy, SessionComparison comparison)
{
    /// <summary>Hands it over, if nobody holds it in the source.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Is honoured until everything is compared.</param>
    /// <returns>Where it stands; <see langword="null"/>: it is not in the source any more.</returns>
    public async ValueTask<MigratedSession?> TryAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var read = await from.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        if (read.Head is not { } head)
            return null;
        var source = new MigrationLock(from, session);
        var grant = await source.TakeShortAsync(cancellationToken).ConfigureAwait(false);
        if (!grant.Granted)
        {
            var refused = new MigratedSession(session, MigrationOutcome.Held) { Incarnation = head.Incarnation, Version = head.Version, Holder = grant.Holder };
            if (grant.Holder != ColdMigration.Holder)
                return grant.FormerAheadEpoch != 0 ? refused with { Outcome = MigrationOutcome.Queued } : refused;
            if (await WasSwitchedAsync(session, head, cancellationToken).ConfigureAwait(false))
                return refused with { Outcome = MigrationOutcome.Switched, Holder = null };

            // A run was killed between the two locks.
            if (!(await source.TakeAgainAsync(cancellationToken).ConfigureAwait(false)).Granted)
                return refused;
        }

        var isDone = false;
        try
        {
            var copied = await copy.RunAsync(session, cancellationToken).ConfigureAwait(false);
            switch (copied.Status)
            {
                case CopyStatus.Gone:
                    return null;
                case CopyStatus.Switched or CopyStatus.Taken:
                    return copied.ToOutcome(session, MigrationOutcome.Taken);
                case CopyStatus.NoKey:
                    return copied.ToOutcome(session, MigrationOutcome.Different);
                case CopyStatus.Changing:
                    return copied.ToOutcome(session, MigrationOutcome.Held);
            }

            // It may have been equal before, and never locked.
            var target = new MigrationLock(to, session);
            var locked = await target.TakeAsync(aboveEpoch: 0, cancellationToken).ConfigureAwait(false);
            if (!locked.Granted)
                return copied.ToOutcome(session, MigrationOutcome.Taken) with { Holder = locked.Holder };
            if (await comparison.RunAsync(session, cancellationToken).ConfigureAwait(false) is not { } compared)
                return copied.ToOutcome(session, MigrationOutcome.Held);
            if (compared.Differences.Count > 0)
                return compared;

            // From here it is finished whatever the caller wants: first nobody can open it in the source any more, then everybody in the target.
            if (!await source.KeepAsync().ConfigureAwait(false))
                return compared with { Outcome = MigrationOutcome.Held };
            isDone = true;
            locked = await target.TakeAsync(source.Epoch, CancellationToken.None).ConfigureAwait(false);
            if (!locked.Granted)
                return compared with { Outcome = MigrationOutcome.Taken, Holder = locked.Holder };
            await target.OpenAsync().ConfigureAwait(false);
            return compared with { Outcome = MigrationOutcome.Switched };
        }
        finally
        {
            if (!isDone)
                await source.OpenAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Whether an earlier run has finished what this one would do: the source is locked, and the target is not.</summary>
    private async ValueTask<bool> WasSwitchedAsync(AuthSessionId session, SessionHead head, CancellationToken cancellationToken)
    {
        var target = await to.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        var isThere = target.Head is { } copy
            ? copy.Incarnation > head.Incarnation || (copy.Incarnation == head.Incarnation && copy.Version >= head.Version)
            : target.LastEndedIncarnation >= head.Incarnation;
        return isThere && !await new MigrationLock(to, session).IsOursAsync(cancellationToken).ConfigureAwait(false);
    }
}
