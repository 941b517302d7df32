using HybridStore.Benchmarks;
using HybridStore.LoadTest.Measuring;
using HybridStore.PostgreSql.Tests.Support;
using Npgsql;

namespace HybridStore.LoadTest.Tests;

// The meter is the whole process's.
[Collection("counted")]
public class PostgreSqlTrafficTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, 300)]
    [InlineData(3, 3_000_000)]
    public async Task What_Npgsql_counts_is_what_goes_over_the_wire(int commits, int size)
    {
        Assert.SkipUnless(ServerPrograms.AreThere, "PostgreSQL is not there.");
        using var server = new PostgreSqlProcess();
        await using var wire = new CountingWire(new NpgsqlConnectionStringBuilder(server.ConnectionString).Port);
        var behind = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = wire.Port };
        using var traffic = new PostgreSqlTraffic(() => behind.ConnectionString);
        await using var source = NpgsqlDataSource.Create(behind);
        await using (var create = source.CreateCommand("CREATE TABLE t (id int PRIMARY KEY, value bytea)"))
            await create.ExecuteNonQueryAsync(Stop);
        var (sent, received, wireSent, wireReceived) = (traffic.Sent, traffic.Received, wire.Sent, wire.Received);

        for (var i = 0; i < commits; i++)
        {
            await using var insert = source.CreateCommand("INSERT INTO t VALUES ($1, $2)");
            insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = i });
            insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = new byte[size] });
            await insert.ExecuteNonQueryAsync(Stop);
        }

        await using (var select = source.CreateCommand("SELECT value FROM t"))
        {
            await using var reader = await select.ExecuteReaderAsync(Stop);
            while (await reader.ReadAsync(Stop))
                Assert.Equal(size, reader.GetFieldValue<byte[]>(0).Length);
        }

        Assert.True(wire.Sent - wireSent > (long)commits * size);
        AssertNear(wire.Sent - wireSent, traffic.Sent - sent);
        AssertNear(wire.Received - wireReceived, traffic.Received - received);
    }

    // What a process says to another server, or by another way, is none of what is measured.
    [Fact]
    public async Task What_goes_to_another_server_is_not_counted()
    {
        Assert.SkipUnless(ServerPrograms.AreThere, "PostgreSQL is not there.");
        using var server = new PostgreSqlProcess();
        await using var wire = new CountingWire(new NpgsqlConnectionStringBuilder(server.ConnectionString).Port);
        using var traffic = new PostgreSqlTraffic(() => server.ConnectionString);
        await using var elsewhere = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = wire.Port });

        await SelectAsync(elsewhere);

        Assert.True(wire.Sent > 0);
        Assert.Equal((0, 0), (traffic.Sent, traffic.Received));

        // By whatever name, with whatever else a tier may set.
        await using var here = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { ApplicationName = "hybridstore", MaxPoolSize = 3 });
        await SelectAsync(here);
        Assert.True(traffic is { Sent: > 0, Received: > 0 });
    }

    private static async Task SelectAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT 1");
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static void AssertNear(long expected, long actual) => Assert.InRange(actual, expected * 0.995, expected * 1.005);
}
