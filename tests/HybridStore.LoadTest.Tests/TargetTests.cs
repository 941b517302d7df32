using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;
using HybridStore.PostgreSql.Tests.Support;

namespace HybridStore.LoadTest.Tests;

/// <summary>Every target but those on MongoDB, on real servers, which the tests share.</summary>
[Collection("counted")]
public sealed class TargetTests : IClassFixture<TargetTests.Servers>
{
    private readonly Servers _servers;

    public TargetTests(Servers servers)
    {
        Assert.SkipUnless(ServerPrograms.AreThere && TinyPlay.HasRedis, "redis-server and PostgreSQL are not both there.");
        _servers = servers;
    }

    [Theory]
    [InlineData("steady")]
    [InlineData("pairing")]
    public async Task Every_target_gives_back_what_it_was_given(string trace)
    {
        foreach (var name in TargetCatalog.NamesOn(_servers.All))
        {
            var result = await PlayAsync(name, TinyPlay.Options(Enum.Parse<TraceKind>(trace, ignoreCase: true)) with { Callers = 4 });

            Assert.True(result is { Failures: 0, Mismatches: 0 }, $"{name}: {result.FirstFailure}");
            Assert.Equal(result.Planned, result.Played);
        }
    }

    [Fact]
    public async Task A_fixed_rate_is_played_to_its_end()
    {
        var result = await PlayAsync(TargetCatalog.RedisPostgreSql, TinyPlay.Options(TraceKind.Steady) with { Rate = 200, Poisson = true, Callers = 8 });

        Assert.True(result is { Failures: 0, Mismatches: 0 }, result.FirstFailure);
        Assert.Equal(result.Planned, result.Message.Count);
        Assert.Equal("open", result.Driver);
    }

    // Each counter sees its own tier and no other.
    [Theory]
    [InlineData("raw redis", true, false, false)]
    [InlineData("raw postgresql", false, true, false)]
    [InlineData("raw sqlite", false, false, true)]
    [InlineData("file-per-key", false, false, true)]
    public async Task Bytes_are_counted_where_they_go(string name, bool redis, bool postgreSql, bool files)
    {
        _ = _servers.All.Redis;
        _ = _servers.All.PostgreSql;
        var result = await PlayAsync(name, TinyPlay.Options(TraceKind.Groups));

        Assert.True(result is { Failures: 0, Mismatches: 0 }, result.FirstFailure);
        var value = 600;
        Assert.Equal(redis, result.Bytes.HotSent > value);
        Assert.Equal(redis, result.Bytes.HotReceived > value);
        Assert.Equal(postgreSql, result.Bytes.ColdSent > value);
        Assert.Equal(postgreSql, result.Bytes.ColdReceived > value);
        Assert.Equal(postgreSql, result.Bytes.Wal > value);
        Assert.Equal(files, result.Bytes.Files > value);
    }

    private Task<PlayResult> PlayAsync(string target, PlayOptions options) => TinyPlay.RunAsync(target, options, _servers.All);

    /// <summary>Each server is started when a test first needs it.</summary>
    public sealed class Servers : IAsyncDisposable
    {
        internal LoadServers All { get; } = new(mongoDb: "");

        public ValueTask DisposeAsync() => All.DisposeAsync();
    }
}
