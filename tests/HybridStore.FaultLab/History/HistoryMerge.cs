namespace HybridStore.FaultLab.History;

/// <summary>The lines of many processes in the order of time. A file is open only while its turn is.</summary>
internal static class HistoryMerge
{
    /// <param name="files">Each with whose lines they are.</param>
    public static IEnumerable<(int Writer, HistoryEvent Line)> Read(IEnumerable<(int Writer, string Path)> files)
    {
        var queue = new PriorityQueue<(int Writer, string Path, IEnumerator<HistoryEvent>? Lines), long>();
        foreach (var (writer, path) in files)
        {
            // Whoever was killed at once has not begun one.
            if (File.Exists(path) && Lines(path).Select(static l => (HistoryEvent?)l).FirstOrDefault() is { } first)
                queue.Enqueue((writer, path, null), first.Time);
        }

        while (queue.TryDequeue(out var next, out _))
        {
            if (next.Lines is null)
            {
                next.Lines = Lines(next.Path).GetEnumerator();
                next.Lines.MoveNext();
            }

            yield return (next.Writer, next.Lines.Current);
            if (next.Lines.MoveNext())
                queue.Enqueue(next, next.Lines.Current.Time);
            else
                next.Lines.Dispose();
        }
    }

    private static IEnumerable<HistoryEvent> Lines(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            if (HistoryEvent.TryParse(line, out var parsed))
                yield return parsed;
        }
    }
}
