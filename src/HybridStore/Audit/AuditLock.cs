namespace HybridStore.Audit;

/// <summary>The right to write a trail: a file beside it that one process at a time has open. Readers need none.</summary>
internal static class AuditLock
{
    /// <summary>How long others are waited for: each writes for some milliseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int LongestPause = 16;

    // EWOULDBLOCK of Linux and of BSDs, and what Windows calls a sharing violation.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <exception cref="IOException">It can't be had.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static async ValueTask<FileStream> TakeAsync(string trail)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var pause = 1; ; pause = Math.Min(2 * pause, LongestPause))
        {
            try
            {
                return new FileStream($"{trail}.lock", Options(FileShare.None));
            }
            catch (IOException e) when (Array.IndexOf(Held, e.HResult) >= 0 && TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
                // Other processes' time, not the store's.
                await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System).ConfigureAwait(false);
            }
        }
    }

    public static FileStreamOptions Options(FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
