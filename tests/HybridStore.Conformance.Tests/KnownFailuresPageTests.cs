using System.Text.RegularExpressions;

namespace HybridStore.Conformance.Tests;

/// <summary>The page of what fails elsewhere names tests that exist.</summary>
public sealed partial class KnownFailuresPageTests
{
    [Fact]
    public void Every_failure_names_tests_that_exist()
    {
        var tests = Tests();
        var rows = File.ReadAllLines(Path.Combine(Root(), "docs", "known-failures.md")).Where(static l => l.StartsWith("| **", StringComparison.Ordinal)).ToList();
        Assert.Equal(36, rows.Count);
        foreach (var row in rows)
        {
            var cells = row.Split(" | ");
            Assert.True(cells.Length == 3, row);
            var named = Quoted().Matches(cells[2]).Select(static m => m.Groups[1].Value).ToList();
            Assert.True(named.Count > 0 || cells[1].StartsWith("Does not apply", StringComparison.Ordinal), $"No test: {row}");
            Assert.All(named, name => Assert.Contains(name, tests));
        }
    }

    /// <summary>Each test as the sources have it: they are in many projects, some of which are empty where a package is not to be had.</summary>
    private static HashSet<string> Tests()
    {
        var tests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "tests"), "*.cs", SearchOption.AllDirectories))
        {
            var type = "";
            var isTest = false;
            foreach (var line in File.ReadLines(file))
            {
                if (Type().Match(line) is { Success: true } declared)
                    type = declared.Groups[1].Value;
                else if (line.TrimStart().StartsWith("[Fact", StringComparison.Ordinal) || line.TrimStart().StartsWith("[Theory", StringComparison.Ordinal))
                    isTest = true;
                else if (isTest && Method().Match(line) is { Success: true } method)
                    (_, isTest) = (tests.Add($"{type}.{method.Groups[1].Value}"), false);
            }
        }

        return tests;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HybridStore.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("`([A-Za-z0-9_]+\\.[A-Za-z0-9_]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^\\s*(?:public|internal)\\s+(?:(?:abstract|sealed|static|partial)\\s+)*class\\s+(\\w+)")]
    private static partial Regex Type();

    [GeneratedRegex("^\\s*public\\s+(?:async\\s+)?(?:Task|ValueTask|void)\\s+(\\w+)\\(")]
    private static partial Regex Method();
}
