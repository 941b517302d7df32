using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridStore.Tests.Resilience;

/// <summary>What the presets set, as the documentation says.</summary>
public class PresetTests
{
    private static readonly HybridAuthStorePreset[] Presets = Enum.GetValues<HybridAuthStorePreset>();

    [Fact]
    public void TheTableOfTheDocumentation_IsWhatIsSet()
    {
        var rows = Rows();

        Assert.True(rows.Count >= 12, $"{rows.Count} rows");
        foreach (var (option, values) in rows)
        {
            for (var i = 0; i < Presets.Length; i++)
                Assert.Equal((option, Presets[i], values[i]), (option, Presets[i], Text(Read(new HybridAuthStoreOptions().Use(Presets[i]), option))));
        }
    }

    [Fact]
    public void NothingElseIsSet()
    {
        var named = Rows().Select(static r => r.Option).ToHashSet();
        var defaults = All(new HybridAuthStoreOptions());
        foreach (var preset in Presets)
        {
            Assert.All(
                All(new HybridAuthStoreOptions().Use(preset)).Where(o => !named.Contains(o.Key)),
                o => Assert.Equal((o.Key, defaults[o.Key]), (o.Key, o.Value)));
        }
    }

    [Fact]
    public void Production_IsTheDefaults() => Assert.Equal(All(new HybridAuthStoreOptions()), All(new HybridAuthStoreOptions().Use(HybridAuthStorePreset.Production)));

    [Fact]
    public void TheLastOneCounts() =>
        Assert.Equal(
            All(new HybridAuthStoreOptions().Use(HybridAuthStorePreset.Development)),
            All(new HybridAuthStoreOptions().Use(HybridAuthStorePreset.Testing).Use(HybridAuthStorePreset.Development)));

    [Fact]
    public void Unknown_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(static () => new HybridAuthStoreOptions().Use((HybridAuthStorePreset)9));

    [Fact]
    public void Registered_ConfigurationAndCodeAreOverIt()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Lease:Duration"] = "00:00:07" }).Build();
        var services = new ServiceCollection();
        services.AddHybridAuthStore(HybridAuthStorePreset.Testing, configuration, static o => o.Outbox.DrainTimeout = TimeSpan.FromSeconds(9));
        using var provider = services.BuildServiceProvider();

        var applied = new HybridAuthStoreOptions();
        foreach (var configure in provider.GetServices<IConfigureOptions<HybridAuthStoreOptions>>())
            configure.Configure(applied);
        Assert.Equal(
            (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9)),
            (applied.Resilience.Cold.Breaker.BreakDuration, applied.Lease.Duration, applied.Outbox.DrainTimeout));
    }

    private static List<(string Option, string[] Values)> Rows()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "configuration.md"));
        return
        [
            .. lines.SkipWhile(static l => l != "## Presets").Where(static l => l.StartsWith("| `", StringComparison.Ordinal))
                .Select(static l => l.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Where(static c => c.Length == 1 + Presets.Length)
                .Select(static c => (c[0].Trim('`'), c[1..].Select(static v => v.Trim('`')).ToArray())),
        ];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HybridStore.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    private static object Read(object options, string path)
    {
        foreach (var name in path.Split(':'))
            options = options.GetType().GetProperty(name)!.GetValue(options)!;
        return options;
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>Every option that is a value, by its path.</summary>
    private static Dictionary<string, string?> All(object options, string path = "")
    {
        var all = new Dictionary<string, string?>();
        foreach (var property in options.GetType().GetProperties().Where(static p => p.GetIndexParameters().Length == 0))
        {
            var value = property.GetValue(options);
            if (value is not null && property.PropertyType.Namespace == "HybridStore" && property.PropertyType.IsClass)
            {
                foreach (var (name, inner) in All(value, $"{path}{property.Name}:"))
                    all[name] = inner;
            }
            else
            {
                all[path + property.Name] = Convert.ToString(value, CultureInfo.InvariantCulture);
            }
        }

        return all;
    }
}
