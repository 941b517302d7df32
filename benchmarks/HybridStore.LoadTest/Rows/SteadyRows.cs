using System.Globalization;
using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest.Report;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Rows;

/// <summary>The steady trace of a bot with 2,000 contacts: time and bytes of a message, and those of a store that keeps the session as one document, on the same servers, by turns.</summary>
internal static class SteadyRows
{
    private const int Line = 8;
    private const int WarmUp = 400;
    private const int HybridMessages = 200;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(LoadServers servers, bool full)
    {
        var rows = new List<BenchRow>();
        rows.AddRange(await CompareAsync(servers, TargetCatalog.Blob, rounds: full ? 11 : 5, messages: full ? 2 : 1, goals: true));
        rows.AddRange(await CompareAsync(servers, "whole-blob, kept", rounds: full ? 11 : 3, messages: full ? 3 : 1, goals: false));
        return rows;
    }

    private static async Task<IEnumerable<BenchRow>> CompareAsync(LoadServers servers, string baseline, int rounds, int messages, bool goals)
    {
        var options = new TraceOptions { Kind = TraceKind.Steady, Profile = Profile.Medium };
        await using var hybrid = await LoadedSession.OpenAsync(TargetCatalog.RedisPostgreSql, options, servers);
        await using var blob = await LoadedSession.OpenAsync(baseline, options, servers);
        await hybrid.PlayAsync(WarmUp);
        await blob.PlayAsync(1);

        var (hybridBytes, blobBytes) = (new List<double>(), new List<double>());
        var (time, blobTime, ratio) = await Turns.RunAsync(
            rounds,
            () => PlayAsync(servers, hybrid, HybridMessages, hybridBytes),
            () => PlayAsync(servers, blob, messages, blobBytes));
        var (bytes, more) = (Turns.Median(hybridBytes), Turns.Median(blobBytes));
        var times = $"{Units.Time(time)} a message, and {Units.Time(blobTime)}; medians of {rounds.ToString(CultureInfo.InvariantCulture)} rounds by turns";
        var sizes = $"{Units.Bytes(bytes)} a message to and from Redis and PostgreSQL, and {Units.Bytes(more)}";
        var against = baseline == TargetCatalog.Blob ? "a whole-blob store" : "a whole-blob store that keeps the session in the process";
        const string What = "steady trace, medium profile, a message: ";
        return goals
            ? [BenchRow.AtLeast(Line, $"{What}time of {against}", ratio, "x time", 50, times), BenchRow.AtLeast(Line, $"{What}bytes of {against}", more / bytes, "x bytes", 100, sizes)]
            : [BenchRow.Told(Line, $"{What}time of {against}", ratio, "x time", times), BenchRow.Told(Line, $"{What}bytes of {against}", more / bytes, "x bytes", sizes)];
    }

    private static async Task<double> PlayAsync(LoadServers servers, LoadedSession session, int messages, List<double> bytes)
    {
        var before = await servers.TrafficAsync();
        var time = await Turns.TimeAsync(() => session.PlayAsync(messages));
        bytes.Add((await servers.TrafficAsync() - before).WithoutFiles / (double)messages);
        return time / messages;
    }
}
