using HybridStore.FaultLab.Nemesis;
using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Tests.Nemesis;

public sealed class StormTests
{
    [Fact]
    public async Task Run_FaultThatLeavesServersInABadState_StartsThemAgainAndGoesOn()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        var options = new LabOptions { Minutes = 1, Setups = ["postgresql"], Bots = 1, Pace = 60 };
        await using var lab = await Lab.StartAsync(options);
        var strikes = 0;
        using var until = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var fault = new Fault("halfDone", Lane.Servers, async _ =>
        {
            if (++strikes == 1)
            {
                lab.Redis.Pause(true);
                await lab.Pair[1].KillAsync();
                lab.PostgreSql.Pause();
                throw new ServerTroubleException("It was not brought to its end.");
            }

            await until.CancelAsync();
        });

        var storm = new Storm(lab, options);
        await storm.RunAsync([fault], until.Token);
        await WaitForEndAsync(storm);

        Assert.Null(storm.Broken);
        Assert.Equal(1, storm.Mended);
        Assert.Equal(1, storm.Done["halfDone"]);
        Assert.All((LabRedis[])[lab.Redis, .. lab.Pair], static redis => Assert.Contains("PONG", redis.Send("PING"), StringComparison.Ordinal));
        Assert.NotEmpty(await lab.PostgreSql.VersionAsync());
    }

    [Fact]
    public async Task Run_OperatorsFaultThatWasNotBroughtToItsEnd_BreaksTheRun()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        var options = new LabOptions { Minutes = 1, Setups = ["postgresql"], Bots = 1, Pace = 60 };
        await using var lab = await Lab.StartAsync(options);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var fault = new Fault("operated", Lane.Servers, _ => throw new ServerTroubleException("It was not brought to its end."), IsPlain: false);

        var storm = new Storm(lab, options);
        var run = storm.RunAsync([fault], until.Token);
        while (storm.Broken is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        await until.CancelAsync();
        await run;

        Assert.IsType<ServerTroubleException>(storm.Broken);
        Assert.Equal(0, storm.Mended);
    }

    // The fault that ends the run is counted after it.
    private static async Task WaitForEndAsync(Storm storm)
    {
        while (storm.Broken is null && !storm.Done.ContainsKey("halfDone"))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
