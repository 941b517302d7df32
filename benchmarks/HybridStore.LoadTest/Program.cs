// The load test: docs/performance.md tells what it plays and what its figures mean.
using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest;
using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Report;
using HybridStore.LoadTest.Rows;
using HybridStore.LoadTest.Targets;

switch (args)
{
    case ["play", .. var rest]:
        var options = LoadOptions.Parse(rest);
        await using (var servers = new LoadServers())
        {
            var targets = options.Targets ?? TargetCatalog.NamesOn(servers);
            foreach (var target in targets)
            {
                if (TargetCatalog.LackOf(target, servers) is { } lack)
                {
                    await Console.Error.WriteLineAsync(lack);
                    return 2;
                }
            }

            var results = new List<PlayResult>();
            foreach (var target in targets)
            {
                results.Add(await PlayRun.RunAsync(target, options.Play, servers));
                await Console.Error.WriteLineAsync($"{target}: played {results[^1].Played}");
            }

            Console.Write(PlayTable.Of(results));
            return results.Exists(static r => r.Failures + r.Mismatches > 0) ? 1 : 0;
        }

    case ["rows", .. var rest]:
        var wanted = LoadOptions.Parse(rest);
        var rows = await LoadRows.RunAsync(wanted.Full, Console.Error);
        if (wanted.Json is { } json)
            await File.WriteAllTextAsync(json, BenchRow.ToJson(rows));
        Console.Write(RowTable.Of(rows));
        return 0;

    case ["suite", var folder, var parts, .. var rest]:
        await Suite.RunAsync(folder, parts, LoadOptions.Parse(rest).Full, Console.Error);
        return 0;

    case ["report", var folder, var parts, var command, .. var page]:
        await BenchReport.WriteAsync(folder, parts, command, page.FirstOrDefault());
        return 0;

    default:
        await Console.Error.WriteLineAsync("play [--profile small|medium|large] [--trace pairing|reconnect|steady|broadcast|groups|many] [--targets A;B] [--sessions N] [--callers N] [--rate N [--poisson]] [--messages N] [--seconds N] [--seed N]");
        return 2;
}
