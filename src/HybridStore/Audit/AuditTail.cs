namespace HybridStore.Audit;

/// <summary>The end of a trail: its last whole line, and what was cut short behind it.</summary>
/// <param name="Last">The last whole line; <see langword="null"/>: there is none.</param>
/// <param name="Torn">What is behind it, without a line feed at its end; empty: nothing.</param>
/// <param name="IsClosed">Whether there is a line feed behind what was cut short.</param>
internal sealed record AuditTail(byte[]? Last, byte[] Torn, bool IsClosed)
{
    private const int FirstRead = 8 * 1024;
    private const int MostRead = 1024 * 1024;

    /// <summary>Reads it.</summary>
    /// <returns><see langword="null"/>: what is there is no end of a trail.</returns>
    public static AuditTail? Read(Stream file)
    {
        var length = file.Length;
        for (var size = FirstRead; ; size *= 2)
        {
            var all = length <= size;
            var bytes = new byte[all ? length : size];
            file.Seek(-bytes.Length, SeekOrigin.End);
            file.ReadExactly(bytes);
            if (Of(bytes, all) is { } tail)
                return tail.Torn.Length == 0 || IsBeginning(tail.Torn) ? tail : null;
            if (size >= MostRead)
                return null;
        }
    }

    // A file system may have left zeros where the bytes did not come to the disk any more.
    private static bool IsBeginning(ReadOnlySpan<byte> torn) => torn[0] == 0 || torn.StartsWith("{\"n\":"u8) || "{\"n\":"u8.StartsWith(torn);

    // Not all of the file: a line that has no beginning here may be longer.
    private static AuditTail? Of(byte[] bytes, bool all)
    {
        var end = bytes.AsSpan().LastIndexOf((byte)'\n');
        var torn = bytes[(end + 1)..];
        if (end < 0)
            return all ? new AuditTail(null, torn, IsClosed: false) : null;
        if (LineBefore(bytes, end, all) is not { } last)
            return null;

        // A line that was cut short, and closed just before the process that did so ended too: it lacks its end. A whole line was changed if it does not fit.
        if (torn.Length > 0 || last.Length == 0 || last.AsSpan().EndsWith("\"}"u8))
            return new AuditTail(last, torn, IsClosed: false);
        var before = end - last.Length - 1;
        if (before < 0)
            return new AuditTail(null, last, IsClosed: true);
        return LineBefore(bytes, before, all) is { } whole ? new AuditTail(whole, last, IsClosed: true) : null;
    }

    /// <returns>The line that the line feed at <paramref name="end"/> ends; <see langword="null"/>: it begins before these bytes.</returns>
    private static byte[]? LineBefore(byte[] bytes, int end, bool all)
    {
        var begin = bytes.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
        return begin == 0 && !all ? null : bytes[begin..end];
    }
}
