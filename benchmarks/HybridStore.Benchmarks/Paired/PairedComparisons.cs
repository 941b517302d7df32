using System.Globalization;

namespace HybridStore.Benchmarks.Paired;

/// <summary>The comparisons that are made by turns: <c>paired redis-read|redis-queue|redis-size [ROUNDS [CALLERS]]</c>.</summary>
internal static class PairedComparisons
{
    private const int Rounds = 25;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = Number(arguments, 2, Rounds);
        var callers = Number(arguments, 3, 1);
        switch (arguments.ElementAtOrDefault(1))
        {
            case "redis-read":
                await ReadAsync(rounds, callers);
                return 0;
            case "redis-queue":
                await QueueAsync(rounds, callers);
                return 0;
            case "redis-size":
                await SizeAsync(rounds);
                return 0;
            default:
                await Console.Error.WriteLineAsync("paired redis-read|redis-queue|redis-size [ROUNDS [CALLERS]]");
                return 2;
        }
    }

    private static async Task ReadAsync(int rounds, int callers)
    {
        var reads = new RedisReadBenchmarks { Callers = callers };
        await reads.SetupAsync();
        await PairedRun.RunAsync(
            [
                new("HGET, not decrypted", RedisReadBenchmarks.Operations, reads.Refresh, reads.RawHashGet),
                new("HMGET of two fields, decrypted", RedisReadBenchmarks.Operations, reads.Refresh, reads.RawHashGetOfTwo_Decrypted),
                new("`GetAsync`", RedisReadBenchmarks.Operations, reads.Refresh, reads.Store),
            ],
            rounds);
        await reads.CleanupAsync();
    }

    private static async Task QueueAsync(int rounds, int callers)
    {
        var commits = new RedisQueueBenchmarks { Callers = callers };
        await commits.SetupAsync();
        await PairedRun.RunAsync(
            [
                new("the script, raw", RedisQueueBenchmarks.Operations, commits.Trim, commits.RawScript),
                new("`CommitAsync`", RedisQueueBenchmarks.Operations, commits.Trim, commits.Store),
            ],
            rounds);
        await commits.CleanupAsync();
    }

    // Each size has a server and a store of its own, and both are there all the time.
    private static async Task SizeAsync(int rounds)
    {
        var small = new RedisSessionSizeBenchmarks();
        var large = new RedisSessionSizeBenchmarks();
        await small.SetupSmallCommitsAsync();
        await large.SetupLargeCommitsAsync();
        await PairedRun.RunAsync(
            [
                new("a queued commit in 100 records", RedisSessionSizeBenchmarks.Operations, static () => { }, small.CommitOf100),
                new("in 200,000", RedisSessionSizeBenchmarks.Operations, static () => { }, large.CommitOf200000),
            ],
            rounds);
        await small.CleanupAsync();
        await large.CleanupAsync();
    }

    private static int Number(string[] arguments, int place, int otherwise) =>
        arguments.Length > place ? int.Parse(arguments[place], NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
