using System.Diagnostics;
using System.Globalization;
using HybridStore.FaultLab.MongoDb;

namespace HybridStore.FaultLab.Servers;

/// <summary>A server that speaks MongoDB's protocol, seen to by a program: docs/reliability.md tells how that is called.</summary>
internal sealed class LabMongoDb : IAsyncDisposable
{
    private const string Variable = "HYBRIDSTORE_MONGODB_SERVER";

    // The first time, it may have to be set up.
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(5);
    private readonly string _program = Program!;

    // The server outlives the run, and has the databases of those before.
    private readonly string _database = $"hybridstore-lab-{Guid.NewGuid():N}";
    private bool _isOurs;

    public int Port { get; private set; }

    /// <summary>Why there is none to be had here, as a part of a sentence; null if there may be.</summary>
    public static string? Lack { get; } =
        MongoDbDriver.There is null ? "the package feed lacks MongoDB.Driver" : Program is null ? $"{Variable} names no program that starts a server" : null;

    private static string? Program => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } program ? program : null;

    /// <summary>By no other way than this one, whatever the server says of itself.</summary>
    public string ConnectionStringTo(int port) => string.Create(CultureInfo.InvariantCulture, $"mongodb://127.0.0.1:{port}/{_database}?directConnection=true");

    public async Task StartAsync()
    {
        var port = Port == 0 ? LabRedis.FreePort() : Port;
        var said = await CallAsync("start", port.ToString(CultureInfo.InvariantCulture));
        if (!said.StartsWith("mongodb://", StringComparison.Ordinal))
            throw new ServerTroubleException("The program that starts MongoDB prints no connection string.");

        // One that somebody else uses is never killed: the program starts no other beside it.
        (Port, _isOurs) = (port, true);
    }

    /// <summary>Ends the server and all its processes as a power cut does.</summary>
    public Task KillAsync() => CallAsync("kill9");

    /// <summary>Asks the server to end.</summary>
    public Task StopAsync() => CallAsync("stop");

    public Task PauseAsync(bool pauses) => CallAsync(pauses ? "pause" : "resume");

    /// <summary>Brings it up again, whatever state a fault has left it in.</summary>
    public async Task MendAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    public Task<string> VersionAsync() => MongoDbDriver.There!.VersionAsync(ConnectionStringTo(Port));

    public async ValueTask DisposeAsync()
    {
        if (!_isOurs)
            return;
        await MongoDbDriver.There!.DropAsync(ConnectionStringTo(Port));
        await StopAsync();
    }

    /// <returns>The last line that it printed.</returns>
    private async Task<string> CallAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(_program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Most, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new ServerTroubleException($"MongoDB: {arguments[0]} does not come to its end.");
        }

        return process.ExitCode == 0 ? LastLine(await output) : throw new ServerTroubleException($"MongoDB: {arguments[0]} ended with {process.ExitCode}: {LastLine(await error)}");
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
