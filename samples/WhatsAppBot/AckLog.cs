using System.Globalization;
using System.Text;

namespace WhatsAppBot;

/// <summary>A file with a line for each commit that the store acknowledged: the witness that none of them was lost.</summary>
internal sealed class AckLog : IDisposable
{
    private readonly FileStream? _file;

    public AckLog(string? path)
    {
        if (path is null)
            return;
        Last = ReadLast(path);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>The last step in the file when it was opened; 0: none.</summary>
    public long Last { get; }

    /// <summary>Hands a line to the system at once: from there on it survives this process.</summary>
    public void Write(long step, long version, bool isQueued = false) => _file?.Write(Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"acknowledged step {step} version {version}{(isQueued ? " queued" : "")}\n")));

    public void Dispose() => _file?.Dispose();

    private static long ReadLast(string path)
    {
        if (!File.Exists(path))
            return 0;
        var text = File.ReadAllText(path);
        var end = text.LastIndexOf('\n'); // what follows it was never written to its end
        var line = end < 0 ? "" : text[(text.LastIndexOf('\n', Math.Max(end - 1, 0)) + 1)..end];
        return line.Split(' ') is ["acknowledged", "step", var step, "version", _, ..] ? long.Parse(step, CultureInfo.InvariantCulture)
            : line.Length == 0 ? 0
            : throw new InvalidDataException($"'{path}' is no ack log.");
    }
}
