using System.Text.RegularExpressions;

namespace HybridStore.Cli.Tests;

/// <summary>Asks the doctor, and does what it says, by the very commands that it prints.</summary>
internal static partial class DoctorBench
{
    public const int Waits = 4;

    /// <summary>The kinds that the doctor finds in the session, with the exit code that goes with them.</summary>
    public static async Task<IReadOnlyList<string>> DiagnoseAsync(this Bench bench, int exitCode, string session = Bench.Session, params string[] more)
    {
        var run = await bench.RunAsync(["doctor", "--session", session, "--json", .. more]);
        Assert.True(exitCode == run.ExitCode, $"Exit code {run.ExitCode}, not {exitCode}: {run.Out}{run.Error}");
        var findings = run.Json.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(findings.Count == 0, run.Json.GetProperty("healthy").GetBoolean());
        return [.. findings.Select(static f => f.GetProperty("kind").GetString()!)];
    }

    public static async Task IsHealthyAsync(this Bench bench, string session = Bench.Session, params string[] more) =>
        Assert.Empty(await bench.DiagnoseAsync(0, session, more));

    /// <summary>The commands that the doctor prints for the session, in its order.</summary>
    public static async Task<IReadOnlyList<string>> WaysOutAsync(this Bench bench, string session = Bench.Session, params string[] more) =>
        [.. (await bench.RunAsync(["doctor", "--session", session, .. more])).Lines.Where(static l => l.StartsWith("    $ ", StringComparison.Ordinal)).Select(static l => l[6..])];

    /// <summary>Takes the way out whose command begins so.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="command">How it begins, after <c>hybridstore</c>.</param>
    /// <param name="filledIn">What stands for the words in capitals that are left to fill in.</param>
    public static async Task<ToolRun> TakeAsync(this Bench bench, string command, params (string Word, string Value)[] filledIn)
    {
        var ways = await bench.WaysOutAsync();
        var way = ways.FirstOrDefault(w => w.StartsWith($"hybridstore {command}", StringComparison.Ordinal));
        Assert.True(way is not null, $"No way out begins with '{command}': {string.Join(" | ", ways)}");
        var arguments = WordsOf(way).Skip(1).Select(w => filledIn.FirstOrDefault(f => f.Word == w).Value ?? w);
        return (await bench.RunAsync([.. arguments])).Succeeded();
    }

    /// <summary>The words of a command, as a shell reads it.</summary>
    public static IReadOnlyList<string> WordsOf(string command) =>
        [.. Word().Matches(command).Select(static m => m.Value.Replace(@"'\''", "\0", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Replace('\0', '\''))];

    [GeneratedRegex(@"(?:'[^']*'|\\'|[^\s'])+")]
    private static partial Regex Word();
}
