using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Reading;

/// <summary>Counts a session's records and bytes by type.</summary>
internal static class SessionSummary
{
    public static Task<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> RunAsync(
        PostgreSqlDatabase database, AuthSessionId session, CancellationToken cancellationToken) =>
        database.ReadAsync("summarize", (connection, deadline) => RunAsync(database, connection, session, deadline), cancellationToken);

    private static async Task<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> RunAsync(
        PostgreSqlDatabase database, NpgsqlConnection connection, AuthSessionId session, CancellationToken deadline)
    {
        var command = Statement.Of(connection, database.Sql["summary"]).Text(session.Tenant).Text(session.Session);
        SessionHead? head = null;
        var types = new List<AuthTypeSummary>();
        await command.EachAsync(
            row =>
            {
                head ??= HeadColumns.Read(row, 0);
                if (!row.IsDBNull(HeadColumns.Count))
                    types.Add(new AuthTypeSummary(row.GetString(HeadColumns.Count), row.GetInt64(HeadColumns.Count + 1), row.GetInt64(HeadColumns.Count + 2)));
            },
            deadline).ConfigureAwait(false);
        return head is null ? null : (head, types);
    }
}
