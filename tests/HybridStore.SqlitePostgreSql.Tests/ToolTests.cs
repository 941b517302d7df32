using HybridStore.Cli.Tests;
using HybridStore.PostgreSql.Tests.Support;
using Npgsql;

namespace HybridStore.SqlitePostgreSql.Tests;

/// <summary>The tool on a PostgreSQL that the sessions are kept in.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("postgres")]
    public async Task EveryCommand_ColdIsPostgreSql_WorksAsOnSqlite(string scheme)
    {
        await using var database = await TestDatabase.CreateAsync(scheme);
        _bench.Environment["HYBRIDSTORE_COLD"] = database.Uri;

        Assert.Equal("[]\n", (await _bench.RunAsync("list", "--json")).Succeeded().Out);
        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--dry-run")).Succeeded();
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
        await _bench.ImportAsync();
        Assert.StartsWith("clinic-7\treception\t1\t1\t", Assert.Single((await _bench.RunAsync("list")).Succeeded().Lines), StringComparison.Ordinal);
        Assert.Equal(175, (await _bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("records").GetInt64());
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
        (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Succeeded();
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
        Assert.False(File.Exists(_bench.Database));
    }

    [Fact]
    public async Task AnyCommand_NoSuchDatabase_IsNamedAndStaysMissing()
    {
        await using var database = await TestDatabase.CreateAsync();
        _bench.Environment["HYBRIDSTORE_COLD"] = database.UriOf("no_such_database");

        var run = await _bench.RunAsync("list", "--json");

        Assert.Equal((1, "storeUnusable", "notFound"), (run.ExitCode, run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("fault").GetString()));
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(await SharedServer.ConnectionStringAsync()).Password ?? "-", run.Out + run.Error, StringComparison.Ordinal);
    }
}
