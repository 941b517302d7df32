using System.Diagnostics;
using System.Globalization;

namespace HybridStore.FaultLab.Servers;

/// <summary>Signals to processes of the laboratory's own, each by its id.</summary>
internal static class Signal
{
    public static void Send(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", .. processes.Select(static p => p.ToString(CultureInfo.InvariantCulture))]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }
}
