using HybridStore.Benchmarks.Rows;

namespace HybridStore.Benchmarks.Paired;

/// <summary>A read that an open session answers from this process.</summary>
internal static class HitComparison
{
    private const int Line = 1;
    private const int Gets = 200_000;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(PairedOptions options)
    {
        var hits = new HitBenchmarks();
        await hits.SetupAsync();
        var result = await PairedRun.RunAsync(
            [
                new("`MemoryCache.TryGetValue`, key built", Gets, static () => { }, () => Many(hits.MemoryCacheTryGetValue)),
                new("`AuthSession.GetAsync`", Gets, static () => { }, () => Many(hits.SessionGet)),
            ],
            options.Rounds * 3,
            warmUps: 10);

        // Of this thread alone, and so exactly.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Gets; i++)
            _ = hits.SessionGet();
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Gets;
        await hits.CleanupAsync();
        return
        [
            BenchRow.AtLeast(Line, "in-process hit, one id: rate beside MemoryCache.TryGetValue with its key built", result.Rate(1), "x rate", 1, result.Tell(0, 1)),
            BenchRow.AtMost(Line, "in-process hit, one id: allocated", allocated, "B", 0, $"of {Gets} hits"),
        ];
    }

    private static Task Many(Func<int> get)
    {
        for (var i = 0; i < Gets; i++)
            _ = get();
        return Task.CompletedTask;
    }
}
