using System.Diagnostics;
using System.Text.Json;

namespace HybridStore.Cli.Tests;

/// <summary>One run of the built tool. What must hold of every run is checked at its end.</summary>
public sealed record ToolRun(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public JsonElement JsonError => Json.GetProperty("error");

    /// <summary>Runs the tool in a process that is used for many runs.</summary>
    public static async Task<ToolRun> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var run = await WarmTool.RunAsync(arguments, environment);
        run.CheckManners(environment);
        return run;
    }

    /// <summary>How a program that lies beside the tests is started, with nothing of this process's settings.</summary>
    public static ProcessStartInfo Start(string assembly, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var inherited in start.Environment.Keys.Where(k => k.StartsWith("HYBRIDSTORE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(inherited);
        foreach (var platform in (string[])["MONGODB_URL", "DATABASE_URL", "REDIS_URL"])
            start.Environment.Remove(platform);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.ArgumentList.Add(Path.Join(AppContext.BaseDirectory, assembly));
        return start;
    }

    /// <summary>Runs the tool as its users do, as a process of its own.</summary>
    public static async Task<ToolRun> StartAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Func<Process, Task>? meanwhile = null)
    {
        var start = Start("HybridStore.Cli.dll", environment);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            if (meanwhile is not null)
                await meanwhile(process);
            await process.WaitForExitAsync(cancellationToken);
            var run = new ToolRun(process.ExitCode, await output, await error);
            run.CheckManners(environment);
            return run;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>The run succeeded, in silence on standard error.</summary>
    public ToolRun Succeeded()
    {
        Assert.Equal((0, ""), (ExitCode, Error));
        return this;
    }

    /// <summary>The run failed with this code, and one line says why.</summary>
    public ToolRun Failed(int exitCode, params string[] mentions)
    {
        Assert.True(exitCode == ExitCode, $"Exit code {ExitCode}, not {exitCode}: {Out}{Error}");
        Assert.StartsWith("hybridstore: ", Error, StringComparison.Ordinal);
        Assert.Equal(Error.Length - 1, Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        foreach (var mention in mentions)
            Assert.Contains(mention, Error, StringComparison.Ordinal);
        return this;
    }

    private void CheckManners(IReadOnlyDictionary<string, string?> environment)
    {
        Assert.DoesNotContain('\e', Out + Error);
        ToolSecrets.AssertNoneIn(Out + Error, environment);
    }
}
