using HybridStore.FaultLab.Checker;
using HybridStore.FaultLab.History;

namespace HybridStore.FaultLab.Report;

/// <summary>Judges the histories of a setup.</summary>
internal static class Judge
{
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
