using System.Diagnostics;
using System.Globalization;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Servers;

/// <summary>One place for a bot of a setup; lives follow one another in it, each with a history of its own.</summary>
internal sealed class BotProcess(Setup setup, string setupFile, string folder, Func<int> nextWriter, Random random, bool skews) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly List<(int Writer, string Path)> _histories = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Process? _process;
    private string _error = "";

    public Setup Setup => setup;

    public IReadOnlyList<(int Writer, string Path)> Histories => _histories;

    /// <summary>What a life said that ended by itself; it should not have.</summary>
    public string? Died => _process is { HasExited: true } process ? $"{setup.Name}: a bot ended by itself ({process.ExitCode}): {_error}" : null;

    /// <summary>For who does several things with it in a row.</summary>
    public SemaphoreSlim Turn => _turn;

    public void Start()
    {
        var writer = nextWriter();
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{setup.Name}.{writer}.log"));
        _histories.Add((writer, path));
        _process = Run("bot", setupFile, Text(writer), Text(random.Next()), Text(skews ? random.Next(-180, 180) : 0), path);
        _error = "";
        _process.ErrorDataReceived += (_, line) => _error = _error.Length < 4000 ? $"{_error}{line.Data}\n" : _error;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        Signal.Send("KILL", process.Id);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Asks it to end, as a host that is shut down does. One that does not is killed.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        Say("stop");
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _error = "it did not stop";
        }

        await KillAsync();
    }

    public void Pause(bool pauses)
    {
        if (_process is { HasExited: false } process)
            Signal.Send(pauses ? "STOP" : "CONT", process.Id);
    }

    public void Say(string line)
    {
        try
        {
            _process?.StandardInput.WriteLine(line);
            _process?.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has just ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _turn.Dispose();
    }

    /// <summary>Starts this program again, as something else.</summary>
    public static Process Run(params string[] arguments)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [typeof(BotProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
