using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Writing;

/// <summary>Ends a session's life.</summary>
internal static class SessionDeletion
{
    public static Task<ColdDeletion> RunAsync(PostgreSqlDatabase database, AuthSessionId session, CancellationToken cancellationToken) =>
        database.WriteAsync("delete", (connection, deadline) => RunAsync(database, connection, session, deadline), outcomeUnknown: null, cancellationToken);

    private static async Task<ColdDeletion> RunAsync(PostgreSqlDatabase database, NpgsqlConnection connection, AuthSessionId session, CancellationToken deadline)
    {
        var command = Statement.Of(connection, database.Sql.Call("delete_v1", 3))
            .Text(session.Tenant).Text(session.Session).Bytes(SessionNameHash.Compute(session));
        return await command.SingleAsync(
            static row => new ColdDeletion(row.GetBoolean(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), deadline).ConfigureAwait(false);
    }
}
