using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Servers;
using Npgsql;

namespace HybridStore.FaultLab.Tests.Servers;

public sealed class LabPostgreSqlTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A run of an hour stood still for 58 minutes of it: the server had been killed, and two of its processes, forked just then, lived on and held its output.</summary>
    [Fact]
    public async Task Kill_SomethingThatItStartedLivesOn_DoesNotWaitForThat()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        await using var server = new LabPostgreSql();
        await server.InitializeAsync();
        await ExecuteAsync(server, "COPY (SELECT 1) TO PROGRAM 'sleep 40 > /dev/null &'");

        await server.KillAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancel);

        await server.StartAsync();
        await ExecuteAsync(server, "SELECT 1");
    }

    private static async Task ExecuteAsync(LabPostgreSql server, string text)
    {
        await using var connection = new NpgsqlConnection(LabPostgreSql.ConnectionStringTo(server.Port) + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
