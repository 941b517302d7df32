namespace HybridStore.Properties.Support;

/// <summary>A folder of its own for a run's files, in memory where the system has such a place: thousands of commits are made, and what a disk keeps is tested elsewhere.</summary>
internal sealed class TempFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public TempFolder()
    {
        try
        {
            if (Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > 32 * 1024 * 1024)
            {
                Path = Directory.CreateDirectory(System.IO.Path.Join(Memory, $"hybridstore-properties-{Guid.NewGuid():N}")).FullName;
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then on the disk.
        }

        Path = Directory.CreateTempSubdirectory("hybridstore-properties-").FullName;
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
