using System.Reflection;
using System.Text.RegularExpressions;
using HybridStore.Conformance.Stores;
using HybridStore.Conformance.Tests.Broken;

namespace HybridStore.Conformance.Tests;

/// <summary>The page that says which test shows what says so rightly.</summary>
public sealed partial class PromisesPageTests
{
    private static readonly List<(string Contract, MethodInfo Method)> Tests =
    [
        .. from type in typeof(StoreContract<>).Assembly.GetExportedTypes()
        where type.IsAbstract
        from method in type.GetMethods()
        where method.DeclaringType!.Name == type.Name && method.GetCustomAttribute<FactAttribute>() is { Skip: null }
        select (type.Name.Split('`')[0], method),
    ];

    [Fact]
    public void Every_promise_names_the_tests_that_are_tagged_with_it()
    {
        for (var promise = 1; promise <= 13; promise++)
        {
            var tagged = Tests.Where(t => ContractResult.PromisesOf(t.Method).Contains(promise)).Select(t => $"{t.Contract}.{t.Method.Name}").Order().ToList();
            Assert.NotEmpty(tagged);
            Assert.Equal(tagged, NamedUnder(promise).Order());
        }
    }

    [Fact]
    public void Every_broken_store_that_is_named_is_convicted_by_a_test()
    {
        var rows = Page().Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(l[2])).ToList();
        Assert.Equal(13, rows.Count);
        for (var promise = 1; promise <= 13; promise++)
        {
            var convicted = ConvictionTests.BrokenOnes.Where(row => row.Data.Item1 == promise).Select(row => row.Data.Item2.Replace("Fixture", "", StringComparison.Ordinal));
            Assert.NotEmpty(convicted);
            Assert.Equal(convicted.Order(), Quoted().Matches(rows[promise - 1].Split('|')[3]).Select(m => m.Groups[1].Value).Order());
        }
    }

    private static IEnumerable<string> NamedUnder(int promise)
    {
        var section = Page().Split("\n## Promise ").Skip(1).Single(s => s.StartsWith($"{promise}\n", StringComparison.Ordinal));
        foreach (var line in section.Split('\n').Where(l => l.StartsWith("- ", StringComparison.Ordinal)))
        {
            var names = Quoted().Matches(line).Select(m => m.Groups[1].Value).ToList();
            foreach (var method in names.Skip(1))
                yield return $"{names[0]}.{method}";
        }
    }

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HybridStore.sln")))
            folder = folder.Parent!;
        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "promises.md")).ReplaceLineEndings("\n");
    }

    [GeneratedRegex("`([A-Za-z0-9_]+)`")]
    private static partial Regex Quoted();
}
