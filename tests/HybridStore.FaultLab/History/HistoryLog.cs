using System.Globalization;
using System.Text;

namespace HybridStore.FaultLab.History;

/// <summary>What a process was told, line by line. Each is with the operating system before the process goes on, so that it outlives a kill.</summary>
internal sealed class HistoryLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    public HistoryLog(string path) => _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>The clock that all processes of the machine share, in nanoseconds.</summary>
    public static long Now => (long)(TimeProvider.System.GetTimestamp() * (1_000_000_000.0 / TimeProvider.System.TimestampFrequency));

    /// <summary>Writes a line: the time, and the rest.</summary>
    public void Write(char kind, string rest)
    {
        lock (_lock)
            _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Now} {kind} {rest} .\n")));
    }

    public void Dispose() => _file.Dispose();
}
