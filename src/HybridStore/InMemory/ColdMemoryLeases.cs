using System.Runtime.CompilerServices;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The leases, as part of what is held of each session.</summary>
internal sealed class ColdMemoryLeases(ColdMemory memory) : IColdLeases
{
    public ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ColdInput.Check(request.Session);
        ArgumentException.ThrowIfNullOrEmpty(request.Holder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Duration, TimeSpan.Zero);
        return ValueTask.FromResult(memory.Change(request.Session, (session, now) =>
        {
            if (session.Refuses(request, now))
                return (Answer(session, granted: false, session.AheadEpoch) with { Holder = session.LeaseHolder }, session);
            var epoch = Math.Max(session.Epoch, request.AboveEpoch) + 1;
            var held = session with
            {
                Epoch = epoch,
                LeaseHolder = request.Holder,
                LeaseUntil = Until(now, request.Duration),
                AheadEpoch = request.MayQueue ? epoch : session.AheadEpoch,
            };
            return (Answer(held, granted: true, session.AheadEpoch), held);
        }, cancellationToken));
    }

    public ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        foreach (var lease in leases)
            ColdInput.Check(lease.Session);
        cancellationToken.ThrowIfCancellationRequested();
        var renewed = new bool[leases.Count];
        for (var i = 0; i < renewed.Length; i++)
        {
            var epoch = leases[i].Epoch;
            renewed[i] = memory.Change(
                leases[i].Session,
                (session, now) => session.LeaseHolder is not null && session.Epoch == epoch ? (true, session with { LeaseUntil = Until(now, duration) }) : (false, session),
                CancellationToken.None);
        }

        return ValueTask.FromResult<IReadOnlyList<bool>>(renewed);
    }

    public ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        return ValueTask.FromResult(memory.Change(
            lease.Session,
            (session, _) => session.LeaseHolder is not null && session.Epoch == lease.Epoch
                ? (true, session with { LeaseHolder = null, LeaseUntil = default, AheadEpoch = drained ? 0 : session.AheadEpoch })
                : (false, session),
            cancellationToken));
    }

    public ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        return ValueTask.FromResult(memory.Change(
            lease.Session,
            (session, _) => session.LeaseHolder is not null && session.Epoch == lease.Epoch
                ? (true, session with { AheadEpoch = mayQueue ? lease.Epoch : 0 })
                : (false, session),
            cancellationToken));
    }

    public async IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var now = memory.Now;
        foreach (var (id, session) in memory.Sessions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (session.AheadEpoch != 0 && !(unheldOnly && session.IsLeased(now)))
                yield return new ColdSession(id, session.Head);
        }
    }

    private static DateTimeOffset Until(DateTimeOffset now, TimeSpan duration) =>
        duration < DateTimeOffset.MaxValue - now ? now + duration : DateTimeOffset.MaxValue;

    private static LeaseGrant Answer(ColdMemorySession session, bool granted, long formerAhead) => new()
    {
        Granted = granted,
        Epoch = session.Epoch,
        Until = session.LeaseUntil,
        FormerAheadEpoch = formerAhead,
        Head = session.HeadIfExists,
    };
}
