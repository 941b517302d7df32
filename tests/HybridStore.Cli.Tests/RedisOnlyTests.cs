using HybridStore.Redis.Tests.Support;

namespace HybridStore.Cli.Tests;

/// <summary>The tool on a Redis that the sessions are kept in.</summary>
public sealed class RedisOnlyTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task EveryCommand_ColdIsRedis_WorksAsOnADatabase()
    {
        await using var server = await StartAsync(RedisServer.StartDurableAsync());

        Assert.Equal("[]\n", (await _bench.RunAsync("list", "--json")).Succeeded().Out);
        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--dry-run")).Succeeded();
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
        await _bench.ImportAsync();
        Assert.StartsWith("clinic-7\treception\t1\t1\t", Assert.Single((await _bench.RunAsync("list")).Succeeded().Lines), StringComparison.Ordinal);
        Assert.Equal(175, (await _bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("records").GetInt64());
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
        (await _bench.RunAsync("export", _bench.PathOf("restored"), "--session", Bench.Session)).Succeeded();
        Assert.Equal(Files(Bench.AuthInfo), Files(_bench.PathOf("restored")));
        (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Succeeded();
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
        Assert.False(File.Exists(_bench.Database));
    }

    [Fact]
    public async Task AnyCommand_RedisThatKeepsNothing_IsWarnedOf()
    {
        await using var server = await StartAsync(RedisServer.StartAsync());

        var run = await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--json");

        Assert.Equal((0, 175), (run.ExitCode, run.Json.GetProperty("records").GetInt64()));
        Assert.Matches("^hybridstore: warning: Redis at 127.0.0.1:[0-9]+ keeps nothing over a restart: [^\n]*\n$", run.Error);
    }

    [Fact]
    public async Task AnyCommand_RedisThatKeepsNothingAndIsToBeRefused_Fails()
    {
        await using var server = await StartAsync(RedisServer.StartAsync());
        _bench.Environment["HYBRIDSTORE_REDIS_UNSAFE_SERVER"] = "refuse";

        var run = await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(("storeUnusable", "unsafe"), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("fault").GetString()));
        Assert.Contains("keeps nothing over a restart", run.Error, StringComparison.Ordinal);
        Assert.Equal("", server.Send("KEYS", "*"));
    }

    [Fact]
    public async Task AnyCommand_WrongSettingForAnUnsafeServer_NamesIt()
    {
        _bench.Environment["HYBRIDSTORE_COLD"] = "redis:127.0.0.1:1,password=hunter2";
        _bench.Environment["HYBRIDSTORE_REDIS_UNSAFE_SERVER"] = "perhaps";

        var run = (await _bench.RunAsync("list")).Failed(2, "HYBRIDSTORE_REDIS_UNSAFE_SERVER", "Refuse");

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_RedisDoesNotAnswer_IsNamedWithoutItsPassword()
    {
        _bench.Environment["HYBRIDSTORE_COLD"] = "redis:127.0.0.1:1,password=hunter2";

        var run = (await _bench.RunAsync("list", "--json")).Failed(1, "127.0.0.1:1");

        Assert.True(run.JsonError.GetProperty("transient").GetBoolean());
        Assert.DoesNotContain("hunter2", run.Out + run.Error, StringComparison.Ordinal);
    }

    private async Task<RedisServer> StartAsync(Task<RedisServer> starting)
    {
        var server = await starting;
        _bench.Environment["HYBRIDSTORE_COLD"] = $"redis:{server.ConnectionString}";
        return server;
    }

    private static Dictionary<string, string> Files(string folder) =>
        Directory.EnumerateFiles(folder).ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexString(File.ReadAllBytes(f)));
}
