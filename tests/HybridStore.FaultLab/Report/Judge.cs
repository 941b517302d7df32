using System.Globalization;
using HybridStore.FaultLab.Checker;
using HybridStore.FaultLab.History;

namespace HybridStore.FaultLab.Report;

/// <summary>Judges the histories of a setup.</summary>
internal static class Judge
{
    /// <summary>Judges histories that were kept: <c>setup.writer.log</c> beside <c>lab.log</c>.</summary>
    public static IEnumerable<(string Setup, HistoryChecker Verdict)> Decide(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.*.log")
            .Select(static f => (Path: f, Parts: Path.GetFileName(f).Split('.')))
            .GroupBy(static f => f.Parts[0], static f => (int.Parse(f.Parts[1], CultureInfo.InvariantCulture), f.Path));
        foreach (var setup in files.ToArray())
            yield return (setup.Key, Decide(setup.Key, Path.Combine(folder, "lab.log"), setup));
    }

    /// <param name="setup">Its name.</param>
    /// <param name="laboratory">What the laboratory did, to all setups.</param>
    /// <param name="histories">What its processes were told.</param>
    public static HistoryChecker Decide(string setup, string laboratory, IEnumerable<(int Writer, string Path)> histories)
    {
        var checker = new HistoryChecker();
        foreach (var (writer, line) in HistoryMerge.Read(histories.Append((0, laboratory))))
        {
            if (writer != 0 || line.Words[0] == setup)
                checker.Take(writer, line);
        }

        return checker;
    }
}
