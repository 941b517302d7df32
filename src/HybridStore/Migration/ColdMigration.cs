using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>Moves sessions from one cold store to another, of any two kinds, while bots go on: copy, catch up, compare, and hand over one session after the other.</summary>
/// <remarks>
/// <para>
/// Envelopes and wrapped data keys are copied as they are: no key is needed, and the master key stays the same. Versions, incarnations and remembered commits stay too, and epochs go on
/// above those of the source, so that a hot tier in front of both knows the session again and nothing stale fits.
/// </para>
/// <para>
/// A copy is locked in the target, by a lease of <see cref="Holder"/>, until it is switched; a switched session is locked in the source in the same way. So it can be opened in one of
/// the two only. All state is in the two stores: a run that was cut short is run again. The way back is a migration with the two exchanged.
/// </para>
/// </remarks>
public sealed class ColdMigration
{
    /// <summary>Who holds the sessions that can't be opened because of a migration, as errors name it.</summary>
    public const string Holder = "hybridstore migrate";

    private static readonly AuthSessionId Probe = new("hybridstore", "migrate");

    private readonly IColdTier _from;
    private readonly IColdTier _to;
    private readonly ColdMigrationOptions _options;
    private readonly TimeProvider _time;
    private readonly CopyTally _tally = new();
    private readonly SessionCopy _copy;
    private readonly SessionComparison _comparison;
    private readonly SessionSwitch _switch;
    private readonly SortedDictionary<AuthSessionId, MigratedSession> _ended = new(InMemory.Utf8Order.Sessions);
    private int _round;

    /// <summary>Prepares a migration. The tiers stay the caller's.</summary>
    /// <param name="from">Where the sessions are. It is changed only by leases.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of pauses; <see langword="null"/>: the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ColdMigration(IColdTier from, IColdTier to, ColdMigrationOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        _from = from;
        _to = to;
        _options = (options ?? new ColdMigrationOptions()).Checked();
        _time = timeProvider ?? TimeProvider.System;
        _copy = new SessionCopy(from, to, _tally);
        _comparison = new SessionComparison(from, to);
        _switch = new SessionSwitch(from, to, _copy, _comparison);
    }

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Ends it. What was copied and switched stays.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="ArgumentException">Both are the same store.</exception>
    /// <exception cref="StoreUnavailableException">One of the stores does not answer, or another migration writes to the target. Run it again.</exception>
    public async ValueTask<ColdMigrationReport> RunAsync(CancellationToken cancellationToken = default)
    {
        await _from.InitializeAsync(cancellationToken).ConfigureAwait(false);
        await _to.InitializeAsync(cancellationToken).ConfigureAwait(false);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        while (await CopyRoundAsync(cancellationToken).ConfigureAwait(false) && _round < _options.MaxRounds)
        {
        }

        var sessions = _options.Switch ? await SwitchAsync(cancellationToken).ConfigureAwait(false) : await CompareAsync(cancellationToken).ConfigureAwait(false);
        return new ColdMigrationReport([.. sessions, .. _ended.Values], _round, _tally.Records, _tally.Bytes)
        {
            IsComplete = sessions.All(s => s.Outcome == MigrationOutcome.Switched || (s.Outcome == MigrationOutcome.Copied && !_options.Switch)),
        };
    }

    /// <summary>Refuses two names for one store, by a lease that is taken in one and looked for in the other.</summary>
    private async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        var (name, duration) = ($"{Holder} {Guid.NewGuid():N}", TimeSpan.FromSeconds(30));
        var there = await _to.Leases.AcquireAsync(new LeaseRequest(Probe, name, duration, MayQueue: false), cancellationToken).ConfigureAwait(false);
        if (!there.Granted)
            return;
        try
        {
            var here = await _from.Leases.AcquireAsync(new LeaseRequest(Probe, $"{name} here", duration, MayQueue: false), cancellationToken).ConfigureAwait(false);
            if (here.Granted)
                _ = await _from.Leases.ReleaseAsync(new LeaseRef(Probe, here.Epoch), drained: true, CancellationToken.None).ConfigureAwait(false);
            else if (here.Holder == name)
                throw new ArgumentException("The source and the target are the same store.");
        }
        finally
        {
            _ = await _to.Leases.ReleaseAsync(new LeaseRef(Probe, there.Epoch), drained: true, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <returns>Whether something was copied, or is left to be.</returns>
    private async ValueTask<bool> CopyRoundAsync(CancellationToken cancellationToken)
    {
        _round++;
        long sessions = 0, same = 0;
        var changed = false;
        await foreach (var session in ListAsync(_from, cancellationToken).ConfigureAwait(false))
        {
            var copied = await _copy.RunAsync(session.Id, cancellationToken).ConfigureAwait(false);
            changed |= copied.Status is CopyStatus.Copied or CopyStatus.Changing;
            _ended.Remove(session.Id);
            sessions++;
            same += copied.Status == CopyStatus.Unchanged ? 1 : 0;
            Tell(ColdMigrationPhase.Copying, sessions, same);
        }

        return await EndAsync(cancellationToken).ConfigureAwait(false) || changed;
    }

    /// <summary>Ends the copies of sessions that ended in the source.</summary>
    private async ValueTask<bool> EndAsync(CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var copy in ListAsync(_to, cancellationToken).ConfigureAwait(false))
        {
            if (!await _copy.EndAsync(copy, cancellationToken).ConfigureAwait(false))
                continue;
            _ended[copy.Id] = new MigratedSession(copy.Id, MigrationOutcome.Ended) { Incarnation = copy.Head.Incarnation, Version = copy.Head.Version };
            any = true;
        }

        return any;
    }

    private async ValueTask<IReadOnlyList<MigratedSession>> CompareAsync(CancellationToken cancellationToken)
    {
        var sessions = new List<MigratedSession>();
        var same = 0L;
        await foreach (var session in ListAsync(_from, cancellationToken).ConfigureAwait(false))
        {
            if (await CompareAsync(session.Id, cancellationToken).ConfigureAwait(false) is not { } compared)
                continue;
            sessions.Add(compared);
            same += compared.Outcome == MigrationOutcome.Copied ? 1 : 0;
            Tell(ColdMigrationPhase.Comparing, sessions.Count, same);
        }

        _ = await EndAsync(cancellationToken).ConfigureAwait(false);
        return sessions;
    }

    private async ValueTask<MigratedSession?> CompareAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        const int attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            var copied = await _copy.RunAsync(session, cancellationToken).ConfigureAwait(false);
            switch (copied.Status)
            {
                case CopyStatus.Gone:
                    return null;
                case CopyStatus.Taken:
                    return copied.ToOutcome(session, MigrationOutcome.Taken);
                case CopyStatus.Switched:
                    return copied.ToOutcome(session, MigrationOutcome.Switched);
                case CopyStatus.NoKey:
                    return copied.ToOutcome(session, MigrationOutcome.Different);
                case CopyStatus.Changing:
                    return copied.ToOutcome(session, MigrationOutcome.Changing);
            }

            if (await _comparison.RunAsync(session, cancellationToken).ConfigureAwait(false) is { } compared)
                return compared;
            if (attempt == attempts)
                return copied.ToOutcome(session, MigrationOutcome.Changing);
        }
    }

    private async ValueTask<IReadOnlyList<MigratedSession>> SwitchAsync(CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var done = new Dictionary<AuthSessionId, MigratedSession>();
        while (true)
        {
            if (_options.Drain is { } drain)
                await drain(cancellationToken).ConfigureAwait(false);
            var sessions = new List<MigratedSession>();
            var waits = false;
            await foreach (var session in ListAsync(_from, cancellationToken).ConfigureAwait(false))
            {
                if (!done.TryGetValue(session.Id, out var outcome))
                {
                    outcome = await _switch.TryAsync(session.Id, cancellationToken).ConfigureAwait(false);
                    if (outcome is null)
                        continue;
                    if (outcome.Outcome == MigrationOutcome.Switched)
                        done[session.Id] = outcome;
                    else if (outcome.Outcome is MigrationOutcome.Held or MigrationOutcome.Queued)
                        waits = true;
                }

                sessions.Add(outcome);
                Tell(ColdMigrationPhase.Switching, sessions.Count, done.Count);
            }

            _ = await EndAsync(cancellationToken).ConfigureAwait(false);
            if (!waits || (_options.SwitchTimeout != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(begun) >= _options.SwitchTimeout))
                return sessions;
            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
            _ = await CopyRoundAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<ColdSession> ListAsync(IColdTier tier, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_options.Session is { } one)
        {
            if ((await tier.ReadAsync(one, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)).Head is { } head)
                yield return new ColdSession(one, head);
            yield break;
        }

        await foreach (var session in tier.ListSessionsAsync(_options.Tenant, cancellationToken).ConfigureAwait(false))
            yield return session;
    }

    private void Tell(ColdMigrationPhase phase, long sessions, long done) =>
        _options.Progress?.Report(new ColdMigrationProgress(phase, _round, sessions, done, _tally.Records, _tally.Bytes));
}
