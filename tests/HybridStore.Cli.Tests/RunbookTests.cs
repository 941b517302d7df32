using System.Text.RegularExpressions;
using HybridStore.Cli.Doctor;

namespace HybridStore.Cli.Tests;

/// <summary>The runbook has a page for each state of the doctor, and its commands are the tool's.</summary>
public sealed partial class RunbookTests
{
    public static TheoryData<AuthFindingKind> Kinds { get; } = [.. Enum.GetValues<AuthFindingKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EachState_HasAPageWithAllItsPartsAndALinkToIt(AuthFindingKind kind)
    {
        var path = Explainer.PageOf(kind);
        var page = File.ReadAllText(Path.Join(Root(), path));
        Assert.StartsWith($"# {kind}: ", page, StringComparison.Ordinal);
        foreach (var part in (string[])["What you see", "What it means", "What to do", "What it costs", "How to prevent it"])
            Assert.Contains($"\n## {part}\n", page, StringComparison.Ordinal);
        Assert.Contains($"`{Failure.CamelCase(kind.ToString())}`", page, StringComparison.Ordinal);
        Assert.Contains($"[{kind}]({Path.GetFileName(path)})", File.ReadAllText(Path.Join(Root(), "docs", "runbook", "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EachWayOut_IsACommandOfTheTool(AuthFindingKind kind)
    {
        var finding = new AuthFinding(kind)
        {
            Session = kind == AuthFindingKind.HotSettings ? null : new AuthSessionId("clinic-7", "reception"),
            ColdVersion = 5,
            Version = 6,
            Records = [new AuthKey(AuthKeyTypes.PreKey, "11"), AuthKey.Creds],
        };
        var explained = Explainer.Of(finding);
        Assert.NotEmpty(explained.WaysOut);
        foreach (var command in explained.WaysOut.Select(static w => w.Command).OfType<string>())
            AssertParses(command);
    }

    [Fact]
    public void EachCommandOfThePages_IsOneOfTheTool()
    {
        var commands = Directory.GetFiles(Path.Join(Root(), "docs", "runbook"), "*.md")
            .SelectMany(static page => Command().Matches(File.ReadAllText(page)).Select(static m => m.Value.Trim('`', '\n')))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.True(commands.Count > 15, "The pages name fewer commands than there are ways out.");
        Assert.All(commands, AssertParses);
    }

    private static void AssertParses(string command)
    {
        var words = DoctorBench.WordsOf(command).Select(static w => w is "N" or "VERSION" ? "7" : w).ToList();
        Assert.Equal("hybridstore", words[0]);
        var parsed = new Tool(null!, TimeProvider.System).CreateRoot().Parse(words.Skip(1).ToList());
        Assert.True(parsed.Errors.Count == 0, $"{command}: {string.Join(' ', parsed.Errors.Select(static e => e.Message))}");
    }

    private static string Root() => Path.GetFullPath(Path.Join(Bench.AuthInfo, "..", "..", ".."));

    [GeneratedRegex("`hybridstore [^`]+`|^hybridstore .+$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
