using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Reading;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql;

/// <summary>The leases, as columns of the sessions' rows. They go by the server's clock.</summary>
internal sealed class PostgreSqlLeases(PostgreSqlStore store) : IColdLeases
{
    public async ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ColdInput.Check(request.Session);
        ArgumentException.ThrowIfNullOrEmpty(request.Holder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Duration, TimeSpan.Zero);
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            "acquire",
            async (connection, deadline) =>
            {
                while (true)
                {
                    var grant = await AcquireAsync(database, connection, request, deadline).ConfigureAwait(false);
                    if (!grant.Granted || grant.Epoch > request.AboveEpoch)
                        return grant;
                    if (await RaiseAsync(database, connection, request, grant, deadline).ConfigureAwait(false) is { } raised)
                        return raised;
                }
            },
            outcomeUnknown: null,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        if (leases.Count == 0)
            return [];
        foreach (var lease in leases)
            ColdInput.Check(lease.Session);
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            "renew",
            async (connection, deadline) =>
            {
                var command = Statement.Of(connection, database.Sql.Call("renew_v1", 5))
                    .Texts([.. leases.Select(static l => l.Session.Tenant)]).Texts([.. leases.Select(static l => l.Session.Session)])
                    .Longs([.. leases.Select(static l => l.Epoch)]).Long(Microseconds(duration)).TimeOrNull(store.Now());
                return await command.SingleAsync(static row => row.GetFieldValue<bool[]>(0), deadline).ConfigureAwait(false);
            },
            outcomeUnknown: null,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            "release",
            async (connection, deadline) =>
            {
                var command = Statement.Of(connection, database.Sql.Call("release_v1", 4))
                    .Text(lease.Session.Tenant).Text(lease.Session.Session).Long(lease.Epoch).Bool(drained);
                return await command.SingleAsync(static row => row.GetBoolean(0), deadline).ConfigureAwait(false);
            },
            outcomeUnknown: null,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken)
    {
        ColdInput.Check(lease.Session);
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            "set ahead",
            async (connection, deadline) => await Statement.Of(connection, database.Sql["set-ahead"])
                .Text(lease.Session.Tenant).Text(lease.Session.Session).Long(lease.Epoch).Bool(mayQueue).RunAsync(deadline).ConfigureAwait(false) != 0,
            outcomeUnknown: null,
            cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ColdSession> ListAheadAsync(
        bool unheldOnly, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var pages = new SessionPages(database, "list", tenant: null, (connection, page) => Statement.Of(connection, database.Sql["sessions-ahead"])
            .Text(page.AfterTenant).Text(page.AfterSession).Int(SessionPages.MaxSessions).Bool(unheldOnly).TimeOrNull(store.Now()));
        await foreach (var session in pages.RunAsync(cancellationToken).ConfigureAwait(false))
            yield return session;
    }

    private async Task<LeaseGrant> AcquireAsync(PostgreSqlDatabase database, NpgsqlConnection connection, LeaseRequest request, CancellationToken deadline)
    {
        var session = request.Session;
        var command = Statement.Of(connection, database.Sql.Call("acquire_v1", 10))
            .Text(session.Tenant).Text(session.Session).Bytes(SessionNameHash.Compute(session)).Text(HolderText(request.Holder))
            .Long(Microseconds(request.Duration)).Bool(request.MayQueue).Long(request.DeadEpoch).Long(request.LiveEpoch)
            .Bool(request.RefusesAhead).TimeOrNull(store.Now());
        return await command.SingleAsync(
            static row => new LeaseGrant
            {
                Granted = row.GetBoolean(0),
                Holder = row.IsDBNull(1) ? null : row.GetString(1),
                Until = row.GetFieldValue<DateTimeOffset>(2),
                FormerAheadEpoch = row.GetInt64(3),
                Epoch = row.GetInt64(6),
                Head = HeadColumns.ReadIfExists(row, 4),
            },
            deadline).ConfigureAwait(false);
    }

    /// <summary>Raises the epoch of a lease that was granted a moment ago, which nobody knows yet. The function that every version of the library calls knows no such wish.</summary>
    /// <returns>The lease; <see langword="null"/>: it is over already.</returns>
    private static async Task<LeaseGrant?> RaiseAsync(
        PostgreSqlDatabase database, NpgsqlConnection connection, LeaseRequest request, LeaseGrant grant, CancellationToken deadline)
    {
        var epoch = request.AboveEpoch + 1;
        var changed = await Statement.Of(connection, database.Sql["raise-epoch"])
            .Text(request.Session.Tenant).Text(request.Session.Session).Long(grant.Epoch).Long(epoch).RunAsync(deadline).ConfigureAwait(false);
        if (changed == 0)
            return null;
        var head = grant.Head is { } before ? before with { Epoch = epoch, AheadEpoch = request.MayQueue ? epoch : before.AheadEpoch } : null;
        return grant with { Epoch = epoch, Head = head };
    }

    // The one character that the server's text can't hold.
    private static string HolderText(string holder) => holder.Replace('\0', '\u2400');

    private static long Microseconds(TimeSpan duration) => Math.Max(1, duration.Ticks / TimeSpan.TicksPerMicrosecond);
}
