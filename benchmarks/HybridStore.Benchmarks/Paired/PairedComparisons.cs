using System.Globalization;
using HybridStore.Benchmarks.Rows;

namespace HybridStore.Benchmarks.Paired;

/// <summary>
/// The comparisons that are made by turns. <c>paired redis-read|redis-queue [ROUNDS [CALLERS]]</c> and <c>paired COMPARISON [ROUNDS]</c> make one;
/// <c>paired rows FILE --quick|--full [COMPARISON...]</c> makes those that the table of what is to be reached has lines of, and writes the rows as JSON.
/// </summary>
internal static class PairedComparisons
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [_, "rows", var file, .. var rest] && rest.Where(static r => r is not ("--quick" or "--full")).All(PairedRows.Has))
        {
            var rows = await PairedRows.RunAsync([.. rest.Where(PairedRows.Has)], rest.Contains("--full") ? PairedOptions.Full : PairedOptions.Quick);
            await File.WriteAllTextAsync(file, BenchRow.ToJson(rows));
            return 0;
        }

        var options = PairedOptions.Full with { Rounds = Number(arguments, 2, 25) };
        options = options with { LongRounds = options.Rounds };
        switch (arguments.ElementAtOrDefault(1))
        {
            case "redis-read":
                await RedisComparisons.ReadAsync(options, Number(arguments, 3, 1));
                return 0;
            case "redis-queue":
                await RedisComparisons.QueueAsync(options, Number(arguments, 3, 1));
                return 0;
            case { } name when PairedRows.Has(name):
                await PairedRows.RunAsync([name], options);
                return 0;
            default:
                await Console.Error.WriteLineAsync($"paired {PairedRows.Names} [ROUNDS [CALLERS]], or paired rows FILE --quick|--full [COMPARISON...]");
                return 2;
        }
    }

    private static int Number(string[] arguments, int place, int otherwise) =>
        arguments.Length > place ? int.Parse(arguments[place], NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
