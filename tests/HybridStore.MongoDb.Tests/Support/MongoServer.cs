using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>A mongod on a free port, in a folder of its own, that is gone after the test. Where there is none, the test is skipped.</summary>
internal sealed class MongoServer : IAsyncDisposable
{
    private const string SetName = "test";
    private const int AlreadyInitialized = 23;
    private static readonly string? Program = Find();
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-mongo-").FullName;
    private readonly bool _isReplicaSet;
    private Process? _process;

    private MongoServer(bool isReplicaSet) => _isReplicaSet = isReplicaSet;

    public int Port { get; private set; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"mongodb://127.0.0.1:{Port}/?directConnection=true");

    public static bool IsAvailable => Program is not null;

    /// <summary>Starts a replica set of one server, or a standalone one.</summary>
    public static async Task<MongoServer> StartAsync(bool isReplicaSet = true)
    {
        Assert.SkipWhen(Program is null, "This test needs a server of its own, and there is no mongod on the PATH.");
        var server = new MongoServer(isReplicaSet);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server, or starts it again on the port that it had.</summary>
    public async Task StartAgainAsync()
    {
        if (Port == 0)
            Port = FreePort();
        var start = new ProcessStartInfo(Program!) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind_ip", "127.0.0.1", "--dbpath", _folder, "--quiet",
            .. _isReplicaSet ? (string[])["--replSet", SetName] : [],
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await AnswersAsync();
    }

    /// <summary>Ends the server as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Lets the server hang, as a machine does that swaps, and go on again.</summary>
    public void Hang(bool hangs)
    {
        using var kill = Process.Start("kill", [hangs ? "-STOP" : "-CONT", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswersAsync()
    {
        using var client = new MongoClient(ConnectionString);
        var admin = client.GetDatabase("admin");
        if (_isReplicaSet)
            await InitiateAsync(admin);
        for (var isReady = false; !isReady;)
        {
            Assert.False(_process!.HasExited, "mongod does not start.");
            var hello = await admin.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1));
            isReady = hello["isWritablePrimary"].ToBoolean();
            if (!isReady)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private async Task InitiateAsync(IMongoDatabase admin)
    {
        var member = new BsonDocument { { "_id", 0 }, { "host", $"127.0.0.1:{Port}" } };
        var set = new BsonDocument { { "_id", SetName }, { "members", new BsonArray { member } } };
        try
        {
            await admin.RunCommandAsync<BsonDocument>(new BsonDocument("replSetInitiate", set), ReadPreference.Nearest);
        }
        catch (MongoCommandException e) when (e.Code == AlreadyInitialized)
        {
            // It is started again.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(static folder => Path.Combine(folder, "mongod")).FirstOrDefault(File.Exists);
}
