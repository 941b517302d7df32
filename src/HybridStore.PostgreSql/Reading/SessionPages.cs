using System.Runtime.CompilerServices;
using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Reading;

/// <summary>Sessions in pages, by a cursor of their names.</summary>
internal sealed class SessionPages(PostgreSqlDatabase database, string operation, string? tenant, Func<NpgsqlConnection, SessionPages, Statement> select)
{
    public const int MaxSessions = 256;

    private readonly List<ColdSession> _page = new(MaxSessions);

    /// <summary>The last session's tenant so far; at first what is before every tenant, or the only one that is wanted.</summary>
    public string AfterTenant { get; private set; } = tenant ?? "";

    public string AfterSession { get; private set; } = "";

    public async IAsyncEnumerable<ColdSession> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = await database.ReadAsync(operation, ReadAsync, cancellationToken).ConfigureAwait(false);
            foreach (var session in _page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (AfterTenant, AfterSession) = (session.Id.Tenant, session.Id.Session);
                yield return session;
            }
        }
        while (_page.Count == MaxSessions);
    }

    private async Task<bool> ReadAsync(NpgsqlConnection connection, CancellationToken deadline)
    {
        _page.Clear();
        await select(connection, this).EachAsync(
            row => _page.Add(new ColdSession(new AuthSessionId(row.GetString(HeadColumns.Count), row.GetString(HeadColumns.Count + 1)), HeadColumns.Read(row, 0))),
            deadline).ConfigureAwait(false);
        return true;
    }
}
