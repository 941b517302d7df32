using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Servers;

namespace HybridStore.FaultLab.Tests.Servers;

public sealed class LabRedisTests
{
    /// <summary>A full disk may leave such a file; while Redis still loads it, it answers already.</summary>
    [Fact]
    public async Task Start_WithAnAppendOnlyFileThatIsBrokenInTheMiddle_IsNotTakenForRunning_AndMendingBeginsWithNothing()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        await using var redis = new LabRedis("broken", "everysec");
        await redis.StartAsync();
        var value = new string('v', 1 << 20);
        for (var i = 0; i < 12; i++)
            redis.Send("SET", $"key-{i}", value);
        var folder = redis.Send("CONFIG", "GET", "dir").Split('\n').Single(static l => l.StartsWith('/'));
        await redis.KillAsync();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder, "appendonlydir"), "*.incr.aof"));
        await using (var stream = File.OpenWrite(file))
        {
            // Where the length of the last value is told.
            stream.Position = stream.Length - "\r\n".Length - value.Length - "$1048576\r\n".Length;
            stream.Write("no length."u8);
        }

        await Assert.ThrowsAsync<ServerTroubleException>(redis.StartAsync);
        Assert.True(await redis.MendAsync(empty: false));

        Assert.Contains("PONG", redis.Send("PING"), StringComparison.Ordinal);
        Assert.Equal("0", redis.Send("DBSIZE"));
    }
}
