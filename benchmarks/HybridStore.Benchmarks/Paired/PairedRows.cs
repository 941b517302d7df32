using System.Globalization;
using HybridStore.Benchmarks.Rows;

namespace HybridStore.Benchmarks.Paired;

/// <summary>All comparisons of which the table of what is to be reached has a line, and the rows that they make: <c>paired rows FILE [--quick|--full] [COMPARISON...]</c>.</summary>
internal static class PairedRows
{
    private static readonly (string Name, int Line, Func<PairedOptions, Task<IReadOnlyList<BenchRow>>> RunAsync)[] All =
    [
        ("hit", 1, HitComparison.RunAsync),
        ("redis-read", 2, RedisComparisons.ReadsAsync),
        ("redis-queue", 4, RedisComparisons.QueuesAsync),
        ("postgresql-commit", 5, PostgreSqlComparisons.CommitsAsync),
        ("sqlite-commit", 6, SqliteComparisons.CommitsAsync),
        ("envelope", 7, EnvelopeComparison.RunAsync),
        ("redis-size", 10, RedisComparisons.SizesAsync),
        ("postgresql-size", 10, PostgreSqlComparisons.SizesAsync),
        ("sqlite-size", 10, SqliteComparisons.SizesAsync),
        ("drain", 12, PostgreSqlComparisons.DrainAsync),
    ];

    public static string Names => string.Join('|', All.Select(static c => c.Name));

    public static bool Has(string name) => Array.Exists(All, c => c.Name == name);

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(IReadOnlyCollection<string> wanted, PairedOptions options)
    {
        var rows = new List<BenchRow>();
        foreach (var (name, line, run) in All.Where(c => wanted.Count == 0 || wanted.Contains(c.Name)))
        {
            var begun = TimeProvider.System.GetTimestamp();
            Console.WriteLine($"## {name}\n");
            try
            {
                rows.AddRange(await run(options));
            }
#pragma warning disable CA1031 // Whatever it is: the others are measured all the same, and this one is told as not met.
            catch (Exception e)
#pragma warning restore CA1031
            {
                rows.Add(BenchRow.Failed(line, name, $"{e.GetType().Name}: {e.Message}"));
            }

            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F0} s"));
        }

        return rows;
    }
}
