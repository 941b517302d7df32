using HybridStore.FaultLab.Checker;
using HybridStore.FaultLab.Nemesis;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Report;

/// <summary>One run: starts everything, lets the storm go over it, heals, verifies and judges.</summary>
internal static class LabRun
{
    /// <summary>What is needed and is not there; nothing: it can run.</summary>
    public static string? Missing =>
        LabRedis.Program is null ? "redis-server" : LabPostgreSql.IsThere ? null : "PostgreSQL";

    public static async Task<(LabReport Report, bool IsSound)> RunAsync(LabOptions options, TextWriter output)
    {
        var start = TimeProvider.System.GetTimestamp();
        output.WriteLine($"seed {options.Seed}: eng/faultlab.sh {options}");
        await using var lab = await Lab.StartAsync(options);
        var versions = new Dictionary<string, string>
        {
            ["redis"] = Version(lab.Redis.Send("INFO", "server")),
            ["postgresql"] = await lab.PostgreSql.VersionAsync(),
            ["dotnet"] = Environment.Version.ToString(),
        };
        if (lab.MongoDb is not null)
            versions["mongodb"] = await lab.MongoDb.VersionAsync();
        var storm = new Storm(lab, options);
        using (var until = new CancellationTokenSource(TimeSpan.FromMinutes(options.Minutes), TimeProvider.System))
            await storm.RunAsync([.. BotFaults.Of(lab), .. ServerFaults.Of(lab), .. WayFaults.Of(lab)], until.Token);
        var died = lab.Bots.Select(static b => b.Died).OfType<string>().ToArray();
        await Task.WhenAll(lab.Bots.Select(static b => b.StopAsync()));
        var seconds = (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        if (storm.Broken is null)
            await Task.WhenAll(lab.Setups.Select(s => lab.RunAsync("verify", s)));
        lab.History.Dispose();

        var verdicts = new Dictionary<string, HistoryChecker>();
        foreach (var setup in lab.Setups)
        {
            var histories = lab.Bots.Where(b => b.Setup == setup).SelectMany(static b => b.Histories).Concat(lab.Others.Where(o => o.Setup == setup.Name).Select(static o => (o.Writer, o.Path)));
            verdicts[setup.Name] = Judge.Decide(setup.Name, Path.Combine(lab.Folder, "lab.log"), histories);
        }

        var report = new LabReport
        {
            Seed = options.Seed,
            Seconds = seconds,
            Acknowledged = verdicts.Values.Sum(static v => v.Acknowledged),
            Faults = storm.Done.Values.Sum(),
            Violations = verdicts.Values.Sum(static v => v.Violations.Values.Sum()),
            ByFault = storm.Done,
            ByViolation = verdicts.Values.SelectMany(static v => v.Violations).GroupBy(static v => v.Key.ToString()).ToDictionary(static g => g.Key, static g => g.Sum(static v => v.Value)),
            Reads = verdicts.Values.Sum(static v => v.Reads),
            Unknown = verdicts.Values.Sum(static v => v.Unknown),
            Refused = verdicts.Values.Sum(static v => v.Refused),
            Rollbacks = verdicts.Values.Sum(static v => v.Rollbacks),
            BySetup = verdicts.ToDictionary(static v => v.Key, static v => v.Value.Acknowledged),
            Versions = versions,
            LeftOut = lab.LeftOut,
            DefaultOptions = options.DefaultOptions,
        };
        foreach (var (setup, verdict) in verdicts)
        {
            foreach (var told in verdict.Told)
                output.WriteLine($"{setup}: {told}");
        }

        foreach (var what in died)
            output.WriteLine(what);
        if (storm.Mended > 0)
            output.WriteLine($"{storm.Mended} faults were not brought to their end and don't count; all servers were started again instead. The first: {storm.MendedFirst}");
        if (storm.Broken is not null)
            output.WriteLine($"The laboratory itself failed: {storm.Broken}");
        report.Tell(output);
        var isSound = died.Length == 0 && storm.Broken is null;
        if (options.Json is { } json)
            await File.WriteAllTextAsync(json, report.ToJson());
        if (report.Violations == 0 && isSound && !options.Keep)
            Directory.Delete(lab.Folder, recursive: true);
        else
            output.WriteLine($"histories: {lab.Folder}");
        return (report, isSound);
    }

    private static string Version(string info) =>
        info.Split('\n').FirstOrDefault(static l => l.StartsWith("redis_version:", StringComparison.Ordinal))?[14..].Trim() ?? "?";
}
