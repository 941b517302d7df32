using System.Diagnostics;

namespace HybridStore.FaultLab.Servers;

/// <summary>Waits for a server's process to end.</summary>
internal static class ServerEnd
{
    // Beyond what a fast shutdown takes on a machine that has other things to do.
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    public static async Task WaitAsync(Process process, string name)
    {
        // Process.WaitForExitAsync waits for the end of its output too, which whatever the server has left behind may hold open for ever.
        var since = TimeProvider.System.GetTimestamp();
        while (!process.HasExited)
        {
            if (TimeProvider.System.GetElapsedTime(since) > Most)
                throw new ServerTroubleException($"{name} does not end.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
