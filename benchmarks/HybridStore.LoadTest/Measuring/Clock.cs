using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HybridStore.LoadTest.Measuring;

/// <summary>Nanoseconds of the steady clock, and waiting for them.</summary>
internal static partial class Clock
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    public static long Now => (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);

    /// <summary>Blocks this thread until a moment, to some 0.1 ms, without taking the processor from those who work.</summary>
    public static void WaitUntil(long moment)
    {
        for (var left = moment - Now; left > 0; left = moment - Now)
        {
            if (OperatingSystem.IsWindows())
                Thread.Yield();
            else
                _ = Sleep((uint)Math.Clamp(left / 1000, 1, 500_000));
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(uint microseconds);
}
