using System.Text;
using System.Text.Json;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.Cli.Tests;

/// <summary>States that other programs left in a real Redis, in the layouts that they write.</summary>
public sealed class ForeignImportTests : IDisposable
{
    private const string Instance = "evolution:instance:6f1c8a52-0d0f-4f6e-9a55-1f6a3a1d2b3c";

    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string> Layouts => ["baileys-redis-auth", "baileys-redis-auth-keys", "evolution", "evolution-once", "evolution-creds-elsewhere"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Import_StateOfTheRealLibrary_IsWhatTheFolderGives(string layout)
    {
        await using var server = await RedisServer.StartAsync();
        var arguments = Fill(server, layout);
        var before = Content(server);

        var dry = (await _bench.RunAsync(["import", $"redis:{server.ConnectionString}", "--session", Bench.Session, "--dry-run", .. arguments])).Succeeded();
        var run = (await _bench.RunAsync(["import", $"redis:{server.ConnectionString}", "--session", Bench.Session, "--json", .. arguments])).Succeeded();
        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", "clinic-7/folder")).Succeeded();

        Assert.StartsWith("would import into clinic-7/reception: 175 records, ", dry.Out, StringComparison.Ordinal);
        Assert.Equal(175, run.Json.GetProperty("records").GetInt64());
        foreach (var session in (string[])["reception", "folder"])
            (await _bench.RunAsync("export", _bench.PathOf(session), "--session", $"clinic-7/{session}")).Succeeded();
        Assert.Equal(Files(_bench.PathOf("folder")), Files(_bench.PathOf("reception")));
        Assert.Equal(before, Content(server));
    }

    [Fact]
    public async Task Import_ConnectionFromTheEnvironment_IsTaken()
    {
        await using var server = await RedisServer.StartAsync();
        var arguments = Fill(server, "baileys-redis-auth");
        (await _bench.RunAsync(["import", "redis", "--session", Bench.Session, .. arguments])).Failed(2, "HYBRIDSTORE_IMPORT_REDIS");
        _bench.Environment["HYBRIDSTORE_IMPORT_REDIS"] = server.ConnectionString;

        (await _bench.RunAsync(["import", "redis", "--session", Bench.Session, .. arguments])).Succeeded();
    }

    [Fact]
    public async Task Import_NoCredentialsOrNothingThere_IsRefusedAndLeavesNothing()
    {
        await using var server = await RedisServer.StartAsync();
        var arguments = Fill(server, "baileys-redis-auth");
        server.Send("HDEL", "DB1:auth", "creds");

        var without = (await _bench.RunAsync(["import", $"redis:{server.ConnectionString}", "--session", Bench.Session, "--json", .. arguments])).Failed(1, "'creds'");
        (await _bench.RunAsync("import", $"redis:{server.ConnectionString}", "--session", Bench.Session, "--format", "baileys-redis-auth", "--key", "DB2")).Failed(1, "no entry");

        Assert.Equal(("baileysFormat", "credsMissing"), (without.JsonError.GetProperty("type").GetString(), without.JsonError.GetProperty("fault").GetString()));
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Lines);
    }

    [Fact]
    public async Task Import_EntryThatIsNoJson_IsNamedAndNothingOfItShown()
    {
        await using var server = await RedisServer.StartAsync();
        var arguments = Fill(server, "baileys-redis-auth");
        server.Send("HSET", "DB1:auth", "session-5511999990000.0", "{\"secret\":hunter2");

        var run = (await _bench.RunAsync(["import", $"redis:{server.ConnectionString}", "--session", Bench.Session, .. arguments])).Failed(1, "session-5511999990000.0");

        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--format", "whatsmeow")]
    [InlineData("--format", "evolution")]
    [InlineData("--key", "DB1")]
    [InlineData("--format", "baileys-redis-auth", "--key", "")]
    [InlineData("--format", "baileys-redis-auth")]
    public async Task Import_ArgumentsThatDoNotFit_AreNamed(params string[] arguments) =>
        (await _bench.RunAsync(["import", Bench.AuthInfo, "--session", Bench.Session, .. arguments])).Failed(2);

    [Fact]
    public async Task Import_ServerThatIsNotThere_IsSaidWithoutThePassword()
    {
        var run = await _bench.RunAsync(
            "import", $"redis:127.0.0.1:{RedisServer.FreePort()},password=hunter2,connectTimeout=500", "--session", Bench.Session, "--format", "baileys-redis-auth", "--json");

        Assert.Equal((1, "storeUnavailable"), (run.ExitCode, run.JsonError.GetProperty("type").GetString()));
        Assert.DoesNotContain("hunter2", run.Out + run.Error, StringComparison.Ordinal);
    }

    /// <summary>Puts the sample there as the program does whose layout it is.</summary>
    /// <returns>The arguments that find it.</returns>
    private string[] Fill(RedisServer server, string layout)
    {
        using var client = server.Connect();

        // Others' states and settings, beside it.
        client.Send("SET", "DB1:7:creds", "{}");
        client.Send("SET", "DB10:creds", "{}");
        client.Send("SET", "unrelated", "x");
        foreach (var file in Directory.EnumerateFiles(Bench.AuthInfo))
        {
            var (name, json) = (Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));
            Assert.True(Baileys.BaileysFileName.TryToKey(Path.GetFileName(file), out var key));
            var field = key == AuthKey.Creds ? "creds" : $"{key.Type}-{key.Id}";
            switch (layout)
            {
                case "baileys-redis-auth":
                    client.Send("HSET", "DB1:auth", name, json);
                    break;
                case "baileys-redis-auth-keys":
                    client.Send("SET", $"DB1:{name}", json);
                    break;
                case "evolution-once":
                    client.Send("HSET", Instance, field, json);
                    break;
                case "evolution-creds-elsewhere" when field == "creds":
                    File.WriteAllText(_bench.PathOf("creds"), AsText(json));
                    break;
                default:
                    client.Send("HSET", Instance, field, AsText(json));
                    break;
            }
        }

        return layout switch
        {
            "baileys-redis-auth" => ["--format", layout, "--key", "DB1"],
            "baileys-redis-auth-keys" => ["--format", layout, "--key", "DB1"],
            "evolution-creds-elsewhere" => ["--format", "evolution", "--key", Instance, "--creds", _bench.PathOf("creds")],
            _ => ["--format", "evolution", "--key", Instance],
        };
    }

    /// <summary>JSON.stringify of a text.</summary>
    private static string AsText(string json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            writer.WriteStringValue(json);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Content(RedisServer server) => string.Join('\n', server.Send("KEYS", "*").Split('\n').Order(StringComparer.Ordinal).Select(
        key => $"{key} {(server.Send("TYPE", key) == "hash" ? server.Send("HGETALL", key) : server.Send("GET", key))}"));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}");
}
