using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.FaultLab.Servers;

/// <summary>A real Redis with an append-only file.</summary>
internal sealed class LabRedis(string name, string fsync) : IAsyncDisposable
{
    private readonly string _folder = LabFolder.Create(name);
    private Process? _process;

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(static folder => (string[])[Path.Combine(folder, "redis-server"), Path.Combine(folder, "valkey-server")])
        .FirstOrDefault(File.Exists);

    public int Port { get; private set; }

    /// <summary>Whether it survives a kill with everything that it acknowledged, and says so.</summary>
    public bool KeepsEverything => fsync == "always";

    /// <summary>A disk of its own, where that may be.</summary>
    private string Disk => Path.Combine(_folder, "disk");

    private string Data => Path.Combine(Disk, "data");

    private string Older => Path.Combine(_folder, "older");

    public async Task StartAsync()
    {
        if (!Directory.Exists(Disk))
        {
            Directory.CreateDirectory(Disk);
            LabFolder.MakeSmall(Disk, megabytes: 512);
        }

        Directory.CreateDirectory(Data);
        for (var attempt = 1; ; attempt++)
        {
            var port = Port == 0 ? FreePort() : Port;
            var start = new ProcessStartInfo(
                Program!,
                [
                    "--port", Text(port), "--bind", "127.0.0.1", "--dir", Data, "--save", "", "--daemonize", "no", "--appendonly", "yes", "--appendfsync", fsync,
                    "--repl-diskless-sync-delay", "0", "--repl-timeout", "5", "--maxmemory-policy", "noeviction",
                ])
            { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
            _process = Process.Start(start)!;
            _process.OutputDataReceived += static (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            if (await AnswersAsync(port))
            {
                Port = port;
                return;
            }

            if (attempt >= 20)
                throw new ServerTroubleException("redis-server does not start.");
        }
    }

    public string Send(params string[] command)
    {
        using var client = new RespClient(Port);
        return client.Send(command);
    }

    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        Signal.Send("KILL", process.Id);
        await ServerEnd.WaitAsync(process, "redis-server");
        _process = null;
        process.Dispose();
    }

    public void Pause(bool pauses)
    {
        if (_process is { HasExited: false } process)
            Signal.Send(pauses ? "STOP" : "CONT", process.Id);
    }

    /// <summary>Brings it up again, whatever state a fault has left it in: continued, and running, with what its disk has or with nothing.</summary>
    /// <param name="empty">Whether with nothing.</param>
    /// <returns>Whether it has lost all: it does not load every append-only file that a full disk has left.</returns>
    public async Task<bool> MendAsync(bool empty)
    {
        LabFolder.GiveBack(Path.Combine(Disk, "filler"));
        Pause(false);
        await KillAsync();
        try
        {
            if (!empty)
            {
                await StartAsync();
                return false;
            }
        }
        catch (ServerTroubleException)
        {
            await KillAsync();
        }

        LabFolder.Delete(Data);
        await StartAsync();
        return true;
    }

    /// <summary>Copies what it has on its disk away, as a backup of its folder does; it is stopped for that.</summary>
    public async Task CopyAsync()
    {
        await KillAsync();
        LabFolder.Copy(Data, Older);
        await StartAsync();
    }

    /// <summary>Puts the copy in place.</summary>
    public async Task SetBackAsync()
    {
        await KillAsync();
        LabFolder.Copy(Older, Data);
        await StartAsync();
    }

    /// <summary>Begins as a replica of another, with nothing of its own.</summary>
    public async Task FollowAsync(LabRedis master)
    {
        // It may be loading what its former master sent.
        await UntilAsync(() => Send("REPLICAOF", "127.0.0.1", Text(master.Port)).StartsWith("OK", StringComparison.Ordinal));
        await UntilAsync(() => Send("INFO", "replication").Contains("master_link_status:up", StringComparison.Ordinal));
    }

    /// <summary>Empties it; it may still be loading what its former master sent.</summary>
    public Task FlushAsync() => UntilAsync(() => Send("FLUSHALL").StartsWith("OK", StringComparison.Ordinal));

    public Task PromoteAsync() => UntilAsync(() => Send("REPLICAOF", "NO", "ONE").StartsWith("OK", StringComparison.Ordinal));

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

    private async Task<bool> AnswersAsync(int port)
    {
        while (!_process!.HasExited)
        {
            try
            {
                using var client = new RespClient(port);
                if (!client.Send("INFO", "server").Contains($"process_id:{_process.Id}\r", StringComparison.Ordinal))
                    return false;
                if (client.Send("INFO", "persistence").Contains("\nloading:0\r", StringComparison.Ordinal))
                    return true;
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
            {
                // Not up yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return false;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        // Tries and not seconds: the machine may stand still.
        for (var tries = 1; !Holds(condition); tries++)
        {
            if (tries > 600)
                throw new ServerTroubleException($"Redis does not come to do what it is told. {State()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private string State()
    {
        try
        {
            return $"{Send("INFO", "replication")} {Send("INFO", "persistence")} {new DriveInfo(Disk).AvailableFreeSpace} bytes are free.";
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or SocketException)
        {
            return e.Message;
        }
    }

    private static bool Holds(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or SocketException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
