using System.Runtime.InteropServices;
using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;
using HybridStore.PostgreSql.Tests.Support;

namespace HybridStore.LoadTest.Tests;

/// <summary>Every target, on real servers, which the tests share.</summary>
[Collection("counted")]
public sealed class TargetTests : IClassFixture<TargetTests.Servers>
{
    // Fewer records than any profile, so that the stores of whole sessions are done soon.
    private static readonly Profile Tiny = Profile.Small with { Sessions = 40, PreKeys = 100, LidMappings = 40, DeviceLists = 20, Tokens = 15 };
    private readonly Servers _servers;

    public TargetTests(Servers servers)
    {
        Assert.SkipUnless(ServerPrograms.AreThere && IsThere("redis-server"), "redis-server and PostgreSQL are not both there.");
        _servers = servers;
    }

    [Theory]
    [InlineData("steady")]
    [InlineData("pairing")]
    public async Task Every_target_gives_back_what_it_was_given(string trace)
    {
        foreach (var name in TargetCatalog.Names)
        {
            var result = await PlayAsync(name, Options(Enum.Parse<TraceKind>(trace, ignoreCase: true)) with { Callers = 4 });

            Assert.True(result is { Failures: 0, Mismatches: 0 }, $"{name}: {result.FirstFailure}");
            Assert.Equal(result.Planned, result.Played);
        }
    }

    [Fact]
    public async Task A_fixed_rate_is_played_to_its_end()
    {
        var result = await PlayAsync(TargetCatalog.RedisPostgreSql, Options(TraceKind.Steady) with { Rate = 200, Poisson = true, Callers = 8 });

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
        var result = await PlayAsync(name, Options(TraceKind.Groups));

        Assert.True(result is { Failures: 0, Mismatches: 0 }, result.FirstFailure);
        var value = 600;
        Assert.Equal(redis, result.Bytes.HotSent > value);
        Assert.Equal(redis, result.Bytes.HotReceived > value);
        Assert.Equal(postgreSql, result.Bytes.ColdSent > value);
        Assert.Equal(postgreSql, result.Bytes.ColdReceived > value);
        Assert.Equal(postgreSql, result.Bytes.Wal > value);
        Assert.Equal(files, result.Bytes.Files > value);
    }

    // The run collects garbage. Nothing else holds a test that waits for an answer of a server, and then the client's connection would go, and with it the answer.
    private async Task<PlayResult> PlayAsync(string target, PlayOptions options)
    {
        var run = PlayRun.RunAsync(target, options, _servers.All);
        var held = GCHandle.Alloc(run);
        try
        {
            return await run;
        }
        finally
        {
            held.Free();
        }
    }

    private static PlayOptions Options(TraceKind kind) => new() { Trace = new TraceOptions { Kind = kind, Profile = Tiny, Sessions = 2, Seed = 11, Contacts = 20 }, Messages = 30, WarmUp = 5 };

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Each server is started when a test first needs it.</summary>
    public sealed class Servers : IAsyncDisposable
    {
        internal LoadServers All { get; } = new();

        public ValueTask DisposeAsync() => All.DisposeAsync();
    }
}
