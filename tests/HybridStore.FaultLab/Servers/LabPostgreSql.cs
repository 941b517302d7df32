using System.Diagnostics;
using System.Globalization;
using HybridStore.PostgreSql.Tests.Support;
using Npgsql;

namespace HybridStore.FaultLab.Servers;

/// <summary>A real PostgreSQL with a cluster of its own.</summary>
internal sealed class LabPostgreSql : IAsyncDisposable
{
    private readonly string _folder = LabFolder.Create("postgresql");
    private Process? _process;

    public int Port { get; private set; }

    public static bool IsThere => ServerPrograms.AreThere;

    /// <summary>A disk of its own, where that may be.</summary>
    private string Disk => Path.Combine(_folder, "disk");

    private string Data => Path.Combine(Disk, "data");

    private string Older => Path.Combine(_folder, "older");

    public static string ConnectionStringTo(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Timeout=5");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Disk);
        LabFolder.MakeSmall(Disk, megabytes: 1024);
        if (Environment.UserName == "root")
            ServerPrograms.Run("chown", "postgres", _folder, Disk);
        using var process = Process.Start(ServerPrograms.Start("initdb", _folder, "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"))!;
        var error = process.StandardError.ReadToEndAsync();
        _ = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"initdb: {await error}");
        await StartAsync();
    }

    public async Task StartAsync()
    {
        // After a kill, what is left of the old server must go first.
        for (var attempt = 1; ; attempt++)
        {
            var port = Port == 0 ? LabRedis.FreePort() : Port;
            string[] settings =
            [
                $"port={port}", "listen_addresses=127.0.0.1", $"unix_socket_directories={_folder}", "max_connections=300", "timezone=UTC", "lc_messages=C",
                "max_wal_size=256MB", "shared_buffers=64MB",
            ];
            _process = Process.Start(ServerPrograms.Start("postgres", _folder, ["-D", Data, .. settings.SelectMany(static s => (string[])["-c", s])]))!;
            _process.OutputDataReceived += static (_, _) => { };
            _process.ErrorDataReceived += static (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            if (await AnswersAsync(port))
            {
                Port = port;
                return;
            }

            if (attempt >= 100)
                throw new ServerTroubleException("PostgreSQL does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Ends the server and all its processes as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;

        // Stopped before its children are listed: those that it forks after that would live on, and wait for locks of the killed ones, with the cluster in their hands.
        Signal.Send("STOP", process.Id);
        Signal.Send("KILL", Family(process));
        await EndAsync(process);
    }

    /// <summary>Asks the server to end: fast, so that it ends all connections.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        Signal.Send("INT", process.Id);
        await EndAsync(process);
    }

    /// <summary>Stops or continues the processes that there are; what comes later is not stopped.</summary>
    public IReadOnlyList<int> Pause()
    {
        if (_process is not { } process)
            return [];
        var family = Family(process);
        Signal.Send("STOP", family);
        return family;
    }

    /// <summary>Brings it up again with what its disk has, whatever state a fault has left it in.</summary>
    public async Task MendAsync()
    {
        LabFolder.GiveBack(Path.Combine(Disk, "filler"));
        await KillAsync();
        await StartAsync();
    }

    public async Task CopyAsync()
    {
        await StopAsync();
        LabFolder.Copy(Data, Older);
        await StartAsync();
    }

    /// <summary>Puts the copy in place.</summary>
    /// <param name="stopped">What is to be done when the server has ended, and acknowledges nothing more of what will be gone.</param>
    public async Task SetBackAsync(Action stopped)
    {
        await StopAsync();
        stopped();
        LabFolder.Copy(Older, Data);
        await StartAsync();
    }

    public async Task<string> VersionAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionStringTo(Port) + ";Pooling=false");
        await connection.OpenAsync();
        return connection.ServerVersion;
    }

    /// <summary>Its disk is full for as long as the caller waits. A server that this ends is started again.</summary>
    public async Task FillDiskAsync(Func<Task> wait)
    {
        var filler = LabFolder.Fill(Disk);
        await wait();
        LabFolder.GiveBack(filler);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        if (_process is { HasExited: true })
            await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        LabFolder.Unmount(Disk);
        LabFolder.Delete(_folder);
    }

    private async Task EndAsync(Process process)
    {
        await ServerEnd.WaitAsync(process, "PostgreSQL");
        _process = null;
        process.Dispose();
    }

    private static int[] Family(Process process) =>
        [process.Id, .. ServerPrograms.Output("pgrep", "-P", process.Id.ToString(CultureInfo.InvariantCulture))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static p => int.Parse(p, CultureInfo.InvariantCulture))];

    private async Task<bool> AnswersAsync(int port)
    {
        while (!_process!.HasExited)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionStringTo(port) + ";Pooling=false");
                await connection.OpenAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                // Not up yet, or recovering.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }

        return false;
    }
}
