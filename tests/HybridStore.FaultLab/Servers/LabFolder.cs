using System.Diagnostics;

namespace HybridStore.FaultLab.Servers;

/// <summary>Where a server has its data: a folder in memory where there is one, since the laboratory kills processes and not machines.</summary>
internal static class LabFolder
{
    private const string Memory = "/dev/shm";

    public static string Create(string name)
    {
        var parent = Directory.Exists(Memory) ? Memory : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(parent, $"hybridstore-lab-{name}-{Guid.NewGuid():N}")).FullName;
    }

    /// <summary>Copies a folder with its owners.</summary>
    public static void Copy(string from, string to)
    {
        Delete(to);
        using var copy = Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
        if (copy.ExitCode != 0)
            throw new IOException($"{from} can't be copied to {to}.");
    }

    public static void Delete(string folder)
    {
        for (var attempt = 1; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < 100)
            {
                // One of its processes has not quite ended.
                Thread.Yield();
            }
        }
    }
}
