using System.Globalization;

namespace HybridStore.LoadTest.Measuring;

/// <summary>What this process has written to files, page caches and memory disks included: <c>wchar</c> of <c>/proc/self/io</c>. What goes to sockets is not in it.</summary>
internal static class FileWrites
{
    private const string Path = "/proc/self/io";

    /// <summary>In bytes; <see langword="null"/> where the system does not tell.</summary>
    public static long? Total =>
        File.Exists(Path) && File.ReadLines(Path).FirstOrDefault(static l => l.StartsWith("wchar: ", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture)
            : null;
}
