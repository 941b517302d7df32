using System.Globalization;
using System.Text;
using System.Text.Json;
using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Report;

/// <summary>The traces that <c>eng/bench.sh</c> plays on all targets: tables and charts, one page for each.</summary>
internal static class Suite
{
    private static readonly string[] QuickTargets =
        [TargetCatalog.RedisPostgreSql, "redis+postgresql, queued", "redis+sqlite", "postgresql", "sqlite", "raw redis+postgresql", TargetCatalog.Blob, "file-per-key"];

    // A message takes them a tenth of a second and more.
    private const int BlobWarmUp = 5;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static async Task RunAsync(string folder, string parts, bool full, TextWriter output)
    {
        await using var servers = new LoadServers();
        var all = new List<PlayResult>();
        foreach (var (name, title, options) in Plays(full))
        {
            var results = new List<PlayResult>();
            foreach (var target in full || options.Rate == 0 ? TargetCatalog.NamesOn(servers) : QuickTargets)
            {
                if (IsTooMuch(target, options))
                    continue;
                results.Add(await PlayRun.RunAsync(target, IsBlob(target) ? options with { WarmUp = BlobWarmUp } : options, servers));
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}, {target}: {results[^1].Played} messages in {results[^1].Seconds:F1} s"));
            }

            all.AddRange(results);
            await WriteAsync(folder, name, title, options, results);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "traces.json"), JsonSerializer.Serialize(all, Json) + "\n");
        await File.WriteAllTextAsync(Path.Combine(parts, "versions.json"), JsonSerializer.Serialize(await servers.VersionsAsync(), Json));
    }

    private static IEnumerable<(string Name, string Title, PlayOptions Options)> Plays(bool full)
    {
        var limit = TimeSpan.FromSeconds(full ? 30 : 1.5);
        var messages = full ? 5000 : 500;
        yield return ("steady-closed", "Steady, one bot, as fast as it goes", Options(TraceKind.Steady, full ? Profile.Medium : Profile.Small) with { Messages = messages, Limit = limit });
        yield return ("many-open", "Many bots, at a fixed rate", Options(TraceKind.Many, Profile.Small, sessions: full ? 50 : 8) with
        {
            Messages = full ? 6000 : 300, Rate = full ? 200 : 150, Poisson = true, Callers = 64, Limit = limit + limit,
        });
        if (!full)
            yield break;
        yield return ("steady-small", "Steady, a small bot", Options(TraceKind.Steady, Profile.Small) with { Messages = messages, Limit = limit });
        yield return ("steady-large", "Steady, a large bot", Options(TraceKind.Steady, Profile.Large) with { Messages = messages, Limit = limit });
        yield return ("pairing", "Pairing and first synchronisation", Options(TraceKind.Pairing, Profile.Medium) with { Limit = limit });
        yield return ("reconnect", "Connecting again, and 1,000 messages that came meanwhile", Options(TraceKind.Reconnect, Profile.Medium) with { Limit = limit });
        yield return ("broadcast", "A message to 500 devices", Options(TraceKind.Broadcast, Profile.Medium) with { Messages = 50, WarmUp = 4, Limit = limit });
        yield return ("groups", "Busy groups", Options(TraceKind.Groups, Profile.Medium) with { Messages = messages, Limit = limit });
        yield return ("many-closed", "500 bots, as fast as 64 callers go", Options(TraceKind.Many, Profile.Small, sessions: 500) with { Messages = 20_000, Callers = 64, Limit = limit });
    }

    private static PlayOptions Options(TraceKind kind, Profile profile, int sessions = 1) => new() { Trace = new TraceOptions { Kind = kind, Profile = profile, Sessions = sessions, Burst = 1000 }, WarmUp = 200 };

    private static bool IsBlob(string target) => target.StartsWith(TargetCatalog.Blob, StringComparison.Ordinal);

    // What stores of whole sessions would take minutes for, warm-up included, is not played on them; that they are slower by orders of magnitude is told by the smaller ones.
    // A server that only speaks MongoDB's protocol takes in a thousand records a second: it would be filled for an hour.
    private static bool IsTooMuch(string target, PlayOptions options)
    {
        var isLarge = options.Trace.Profile == Profile.Large || options.Trace.Sessions > 50;
        return (IsBlob(target) && (isLarge || options.Trace.Profile == Profile.Medium)) || (TargetCatalog.MongoDbNames.Contains(target) && isLarge);
    }

    private static async Task WriteAsync(string folder, string name, string title, PlayOptions options, List<PlayResult> results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {title}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Profile {options.Trace.Profile.Name}, trace {options.Trace.Kind}, {(options.Trace.Sessions == 1 ? "one session" : $"{options.Trace.Sessions} sessions")}, seed {options.Trace.Seed}; ");
        page.Append(options.Rate > 0
            ? string.Create(CultureInfo.InvariantCulture, $"open loop, {options.Rate} messages a second at random moments, latency from when each was due.\n\n")
            : string.Create(CultureInfo.InvariantCulture, $"closed loop, {options.Callers} callers.\n\n"));
        page.Append(PlayTable.Of(results));
        page.Append(CultureInfo.InvariantCulture, $"\n![Latency]({name}-latency.svg)\n\n![Bytes]({name}-bytes.svg)\n");
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".md"), page.ToString());

        var latency = new BarChart { Title = title + ": a message", Subtitle = "Time of a message, half of them and 99 of 100. Logarithmic; shorter is better.", Series = ["p50", "p99"], IsLogarithmic = true, Format = Units.Time };
        var bytes = new BarChart { Title = title + ": bytes of a message", Subtitle = "To and from Redis and the database, and to files. Logarithmic; shorter is better.", IsLogarithmic = true, Format = Units.Bytes };
        foreach (var result in results)
        {
            latency.Add(result.Target, result.Message.P50, result.Message.P99);
            bytes.Add(result.Target, result.Bytes.Total);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, name + "-latency.svg"), latency.ToSvg());
        await File.WriteAllTextAsync(Path.Combine(folder, name + "-bytes.svg"), bytes.ToSvg());
    }
}
