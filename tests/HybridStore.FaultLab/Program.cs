// The fault laboratory: docs/reliability.md tells what it does. The same program is the supervisor and each of its bots.
using System.Globalization;
using System.Text.Json;
using HybridStore.FaultLab.Bots;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

switch (args)
{
    case ["bot", var file, var writer, var seed, var skew, var path]:
        using (var log = new HistoryLog(path))
        {
            await using var bot = new Bot(Load(file), Number(writer), Number(seed), TimeSpan.FromSeconds(Number(skew)), log);
            await bot.RunAsync(Console.In);
        }

        return 0;
    case ["verify", var file, var writer, var path]:
        using (var log = new HistoryLog(path))
            await Verifier.RunAsync(Load(file), Number(writer), log);
        return 0;
    case ["prepare", var file, var writer, var path]:
        using (var log = new HistoryLog(path))
            await Verifier.PrepareAsync(Load(file), Number(writer), log);
        return 0;
    case ["operate", var file, _, var path, var known]:
        using (var log = new HistoryLog(path))
            await Operator.RunAsync(Load(file), [.. known.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)], log);
        return 0;
    case ["judge", var folder]:
        foreach (var (setup, verdict) in Judge.Decide(folder))
        {
            Console.WriteLine($"{setup}: {verdict.Acknowledged} acknowledged, {verdict.Reads} reads, {verdict.Rollbacks} rollbacks, {verdict.Violations.Values.Sum()} violations");
            foreach (var told in verdict.Told)
                Console.WriteLine($"  {told}");
        }

        return 0;
    default:
        if (LabRun.Missing is { } missing)
        {
            Console.Error.WriteLine($"There is no {missing} here; eng/servers.sh installs it.");
            return 2;
        }

        LabOptions options;
        try
        {
            options = LabOptions.Parse(args);
            AllSetups.Choose(options.Setups, LabMongoDb.Lack);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }

        var (report, isSound) = await LabRun.RunAsync(options, Console.Out);
        return report.Violations > 0 ? 1 : isSound ? 0 : 2;
}

static Setup Load(string file) => JsonSerializer.Deserialize<Setup>(File.ReadAllText(file))!;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
