using HybridStore.PostgreSql.Tests.Support;
using Npgsql;

namespace HybridStore.SqlitePostgreSql.Tests;

/// <summary>A database of a test's own on the shared server.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly string _scheme;

    private TestDatabase(string server, string scheme)
    {
        _server = new NpgsqlConnectionStringBuilder(server);
        _scheme = scheme;
    }

    public string Name { get; } = $"test_{Guid.NewGuid():N}";

    public string Uri => UriOf(Name);

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Database = Name, Pooling = false }.ConnectionString;

    public static async Task<TestDatabase> CreateAsync(string scheme = "postgresql")
    {
        var database = new TestDatabase(await SharedServer.ConnectionStringAsync(), scheme);
        await RunAsync(database._server.ConnectionString, $"CREATE DATABASE {database.Name}");
        return database;
    }

    public string UriOf(string database) =>
        FormattableString.Invariant($"{_scheme}://{_server.Username}:{System.Uri.EscapeDataString(_server.Password ?? "")}@{_server.Host}:{_server.Port}/{database}");

    public Task ExecuteAsync(string sql) => RunAsync(ConnectionString, sql);

    public async ValueTask DisposeAsync() => await RunAsync(_server.ConnectionString, $"DROP DATABASE {Name} WITH (FORCE)");

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
