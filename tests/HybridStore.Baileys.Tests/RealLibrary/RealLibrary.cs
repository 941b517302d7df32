using System.Diagnostics;
using System.Text;

namespace HybridStore.Baileys.Tests;

/// <summary>The Baileys library itself, installed beside the tests. Where that can't be, tests that ask for it are skipped and say why.</summary>
public sealed class RealLibrary : IAsyncLifetime
{
    private static readonly string Folder = Path.Join(AppContext.BaseDirectory, "RealLibrary");

    private string? _node;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        _node = Find("node");
        var npm = Find("npm");
        if (_node is null || npm is null)
        {
            _missing = "Node.js with npm is not on the PATH.";
            return;
        }

        var (exitCode, version) = await RunAsync(_node, ["--version"], TimeSpan.FromSeconds(20));
        if (exitCode != 0 || !int.TryParse(version.Trim().TrimStart('v').Split('.')[0], out var major) || major < 20)
        {
            _missing = $"Baileys needs Node.js 20 or later; this is '{version.Trim()}'.";
            return;
        }

        // npm writes this file last. What an earlier run installed from the same lock file is taken as it is.
        var installed = Path.Join(Folder, "node_modules", ".package-lock.json");
        var from = Path.Join(Folder, "node_modules", "installed-from.json");
        var wanted = await File.ReadAllTextAsync(Path.Join(Folder, "package-lock.json"));
        if (File.Exists(installed) && File.Exists(from) && await File.ReadAllTextAsync(from) == wanted)
            return;

        string output;
        (exitCode, output) = await RunAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"], TimeSpan.FromSeconds(120));
        if (exitCode != 0)
            _missing = $"npm ci did not succeed, perhaps for want of a network: {output.Trim().Split('\n')[0].Trim()}";
        else
            await File.WriteAllTextAsync(from, wanted);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs one of the scripts beside this file.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments)
    {
        if (_missing is not null)
            Assert.Skip(_missing);
        return await RunAsync(_node!, [script, .. arguments], TimeSpan.FromSeconds(60));
    }

    private static string? Find(string program)
    {
        string[] names = OperatingSystem.IsWindows() ? [program + ".exe", program + ".cmd"] : [program];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Join(folder, name)))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, TimeSpan limit)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, e) => Append(e.Data);
        process.ErrorDataReceived += (_, e) => Append(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"not done after {limit.TotalSeconds:0} s: {output}");
        }

        return (process.ExitCode, output.ToString());

        void Append(string? line)
        {
            lock (output)
                output.AppendLine(line);
        }
    }
}
