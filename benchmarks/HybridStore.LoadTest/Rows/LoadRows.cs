using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest.Targets;

namespace HybridStore.LoadTest.Rows;

/// <summary>The lines of the table that the load test is for.</summary>
internal static class LoadRows
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool full, TextWriter output)
    {
        await using var servers = new LoadServers();
        var rows = new List<BenchRow>();

        // First: it counts the heap, and what other lines leave there goes when it likes.
        await AddAsync(11, "open idle sessions", () => IdleRows.RunAsync(servers, full));
        await servers.EmptyAsync();
        await AddAsync(8, "steady trace", () => SteadyRows.RunAsync(servers, full));
        await servers.EmptyAsync();
        await AddAsync(9, "broadcast", () => BroadcastRows.RunAsync(servers, full));
        await servers.EmptyAsync();
        await AddAsync(13, "restart of PostgreSQL", () => RestartRows.RunAsync(servers));
        return rows;

        // One that fails is told as not met, and the others are measured all the same.
        async Task AddAsync(int line, string name, Func<Task<IReadOnlyList<BenchRow>>> measure)
        {
            var begun = Measuring.Clock.Now;
            try
            {
                rows.AddRange(await measure());
            }
#pragma warning disable CA1031 // Whatever it is.
            catch (Exception e)
#pragma warning restore CA1031
            {
                rows.Add(BenchRow.Failed(line, name, $"{e.GetType().Name}: {e.Message}"));
            }

            await output.WriteLineAsync($"{name}: {(Measuring.Clock.Now - begun) / 1e9:F0} s");
        }
    }
}
