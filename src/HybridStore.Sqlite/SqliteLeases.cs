using System.Runtime.CompilerServices;
using HybridStore.Sqlite.Reading;
using HybridStore.Sqlite.Writing;
using HybridStore.Tiers;

namespace HybridStore.Sqlite;

/// <summary>The leases, as columns of the sessions' rows.</summary>
internal sealed class SqliteLeases(SqliteStore store) : IColdLeases
{
    public async ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ColdInput.Check(request.Session);
        ArgumentException.ThrowIfNullOrEmpty(request.Holder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Duration, TimeSpan.Zero);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await open.Writer.RunAsync(new AcquireLease(request), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        if (leases.Count == 0)
            return [];
        foreach (var lease in leases)
            ColdInput.Check(lease.Session);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await open.Writer.RunAsync(new RenewLeases(leases, duration), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await open.Writer.RunAsync(new ReleaseLease(lease, drained), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await open.Writer.RunAsync(new SetAhead(lease, mayQueue), cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        long? unheldAt = unheldOnly ? store.Now : null;
        var page = new SessionPage(tenant: null);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Next();
            _ = open.Readers.Use((unheldAt, page), static (reader, q) =>
            {
                reader.ReadAhead(q.unheldAt, q.page);
                return true;
            });
            foreach (var session in page.Sessions)
                yield return session;
        }
        while (page.IsFull);
    }
}
