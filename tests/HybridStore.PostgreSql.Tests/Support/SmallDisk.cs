using System.Diagnostics;
using System.Globalization;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>A file system of some megabytes that only the server sees which is started with it, and that is gone with it. It can't be mounted everywhere.</summary>
internal sealed class SmallDisk : IDisposable
{
    // A mount point in a namespace of its own; then the server takes this process' place.
    private const string MountAndGoOn = "mount -t tmpfs -o size=\"$0\"m tmpfs \"$1\" && chown postgres \"$1\" && shift && exec \"$@\"";

    private readonly string _megabytes;

    public SmallDisk(int megabytes)
    {
        _megabytes = megabytes.ToString(CultureInfo.InvariantCulture);
        using var probe = Start(["true"]);
        probe?.WaitForExit();
        Assert.SkipUnless(probe is { ExitCode: 0 }, "A file system of its own can't be mounted here, and so none that is full.");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("hybridstore-disk-").FullName;

    /// <summary>The same program, with this file system.</summary>
    public ProcessStartInfo Mount(ProcessStartInfo program) =>
        new("unshare", Line([program.FileName, .. program.ArgumentList])) { WorkingDirectory = program.WorkingDirectory, RedirectStandardOutput = true, RedirectStandardError = true };

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string[] Line(IEnumerable<string> program) => ["--mount", "sh", "-c", MountAndGoOn, _megabytes, Folder, .. program];

    private Process? Start(IEnumerable<string> program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("unshare", Line(program)) { RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
