using System.Diagnostics;

namespace HybridStore.FaultLab.Servers;

/// <summary>Where a server has its data, and bots their histories: a folder in memory where there is room, since the laboratory kills processes and not machines.</summary>
internal static class LabFolder
{
    private const string Memory = "/dev/shm";

    // What an hour comes to, with some room: histories, three servers and the copies of their data.
    private const long Enough = 4L << 30;

    public static string Create(string name)
    {
        var parent = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > Enough ? Memory : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(parent, $"hybridstore-lab-{name}-{Guid.NewGuid():N}")).FullName;
    }

    /// <summary>Whether this process has a mount namespace of its own, so that what it mounts is gone with it: eng/faultlab.sh sees to that.</summary>
    public static bool MayMount { get; } = Environment.GetEnvironmentVariable("HYBRIDSTORE_LAB_MOUNTS") == "1";

    /// <summary>Makes a folder a disk of its own, where that may be done.</summary>
    public static void MakeSmall(string folder, int megabytes)
    {
        if (!MayMount)
            return;
        using var mount = Process.Start("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder]);
        mount.WaitForExit();
        if (mount.ExitCode != 0)
            throw new IOException($"No disk can be mounted at {folder}.");
    }

    public static void Unmount(string folder)
    {
        if (!MayMount)
            return;
        using var mount = Process.Start("umount", ["--lazy", folder]);
        mount.WaitForExit();
    }

    /// <summary>Takes all the room that is left.</summary>
    /// <returns>What to delete to give it back.</returns>
    public static string Fill(string folder)
    {
        var filler = Path.Combine(folder, "filler");
        for (var room = new DriveInfo(folder).AvailableFreeSpace; room > 4096; room /= 2)
        {
            using var fill = Process.Start(new ProcessStartInfo("fallocate", ["--length", room.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{filler}-{room}"]) { RedirectStandardError = true })!;
            fill.WaitForExit();
        }

        return filler;
    }

    public static void GiveBack(string filler)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(filler)!, Path.GetFileName(filler) + "-*").ToArray())
            File.Delete(file);
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
