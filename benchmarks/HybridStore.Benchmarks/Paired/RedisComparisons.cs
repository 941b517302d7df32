using System.Globalization;
using HybridStore.Benchmarks.Rows;

namespace HybridStore.Benchmarks.Paired;

/// <summary>Reads and queued commits on a Redis of their own.</summary>
internal static class RedisComparisons
{
    private const int FewRecords = 2100;
    private const int ManyRecords = 226_000;
    private const int SizeCommits = 512;

    private static readonly int[] Callers = [1, 64, 512];

    public static async Task<IReadOnlyList<BenchRow>> ReadsAsync(PairedOptions options)
    {
        var rows = new List<BenchRow>();
        foreach (var callers in Callers)
        {
            var result = await ReadAsync(options, callers);
            rows.Add(callers == 1
                ? BenchRow.AtLeast(2, "Redis read of one id, decrypted, concurrency 1: rate beside the raw client's HGET", result.Rate(2), "x rate", 0.95, result.Tell(0, 2))
                : BenchRow.AtLeast(
                    3, Text($"Redis read of one id, decrypted, concurrency {callers}: rate beside the raw client's HMGET of two fields with the same decryption"),
                    result.Rate(2, than: 1), "x rate", 0.9, result.Tell(1, 2)));
        }

        return rows;
    }

    public static async Task<PairedResult> ReadAsync(PairedOptions options, int callers)
    {
        var reads = new RedisReadBenchmarks { Callers = callers, Reads = options.Calls };
        await reads.SetupAsync();
        var result = await PairedRun.RunAsync(
            [
                new(Text($"concurrency {callers}: HGET, not decrypted"), options.Calls, reads.Refresh, reads.RawHashGet),
                new("HMGET of two fields, decrypted", options.Calls, reads.Refresh, reads.RawHashGetOfTwo_Decrypted),
                new("`GetAsync`", options.Calls, reads.Refresh, reads.Store),
            ],
            options.Rounds,
            options.WarmUps);
        await reads.CleanupAsync();
        return result;
    }

    public static async Task<IReadOnlyList<BenchRow>> QueuesAsync(PairedOptions options)
    {
        var rows = new List<BenchRow>();
        foreach (var callers in Callers)
        {
            var result = await QueueAsync(options, callers);
            rows.Add(BenchRow.AtLeast(4, Text($"queued commit of one record, concurrency {callers}: rate beside the same script called raw with sealed bytes"), result.Rate(1), "x rate", 0.9, result.Tell(0, 1)));
            rows.Add(BenchRow.Told(4, "the same while it drains to a cold tier in its process", result.Rate(2), "x rate", result.Tell(0, 2)));
        }

        return rows;
    }

    public static async Task<PairedResult> QueueAsync(PairedOptions options, int callers)
    {
        var commits = new RedisQueueBenchmarks { Callers = callers, Commits = options.Calls };
        await commits.SetupAsync();
        var result = await PairedRun.RunAsync(
            [
                new(Text($"concurrency {callers}: the script, raw"), options.Calls, commits.Trim, commits.RawScript),
                new("`CommitAsync`", options.Calls, commits.Trim, commits.Store),
                new("the same while it drains to a cold tier in its process", options.Calls, commits.TrimAndDrain, commits.StoreWhileItDrains),
            ],
            options.Rounds,
            options.WarmUps);
        await commits.CleanupAsync();
        return result;
    }

    // Each size has a server and a store of its own, and both are there all the time.
    public static async Task<IReadOnlyList<BenchRow>> SizesAsync(PairedOptions options)
    {
        var small = new RedisSessionSizeBenchmarks();
        var large = new RedisSessionSizeBenchmarks();
        await small.SetupAsync(FewRecords, LeaseMode.Required);
        await large.SetupAsync(ManyRecords, LeaseMode.Required);
        var result = await PairedRun.RunAsync(
            [
                new(Text($"a queued commit in {FewRecords} records"), SizeCommits, static () => { }, () => small.CommitAsync(SizeCommits)),
                new(Text($"in {ManyRecords}"), SizeCommits, static () => { }, () => large.CommitAsync(SizeCommits)),
            ],
            options.Rounds,
            options.WarmUps);
        await small.CleanupAsync();
        await large.CleanupAsync();
        return [BenchRow.AtMost(10, "queued commit in a session of 226,000 records: time beside one of 2,100", 1 / result.Rate(1), "x time", 1.2, result.Tell(0, 1))];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
