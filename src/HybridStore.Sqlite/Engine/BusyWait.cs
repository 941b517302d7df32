using System.Diagnostics;
using SQLitePCL;

namespace HybridStore.Sqlite.Engine;

/// <summary>Waits for another connection's lock, up to the busy timeout, a few milliseconds at a time.</summary>
/// <remarks>
/// Not left to <c>sqlite3_busy_timeout</c>: a SQLite that was compiled without <c>usleep</c>, as SQLitePCLRaw's 2.0 builds for Linux are, sleeps whole
/// seconds in it, for a lock that is held for a millisecond.
/// </remarks>
internal sealed class BusyWait(TimeSpan timeout)
{
    // The steps of SQLite's own busy handler, in milliseconds; the last one is repeated.
    private static readonly int[] Steps = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];

    /// <summary>Waits a little, if it was a lock that stopped a call and there is time left.</summary>
    /// <param name="result">What the call returned.</param>
    /// <param name="attempt">Counts the attempts; begins as <c>default</c>.</param>
    /// <returns>Whether the call is to be made again.</returns>
    public bool TryWait(int result, ref Attempt attempt)
    {
        // A snapshot that is too old (SQLITE_BUSY_SNAPSHOT) does not get any younger.
        if ((result & 0xFF) != raw.SQLITE_BUSY || result == raw.SQLITE_BUSY_SNAPSHOT)
            return false;
        if (attempt.Count == 0)
            attempt.Start = Stopwatch.GetTimestamp();
        var left = timeout - Stopwatch.GetElapsedTime(attempt.Start);
        if (left <= TimeSpan.Zero)
            return false;

        var step = TimeSpan.FromMilliseconds(Steps[Math.Min(attempt.Count++, Steps.Length - 1)]);
#pragma warning disable RS0030 // The caller is in the middle of a synchronous call into SQLite, which would sleep in this place itself.
        Thread.Sleep(step < left ? step : left);
#pragma warning restore RS0030
        return true;
    }

    /// <summary>How often a call was made, and since when.</summary>
    public struct Attempt
    {
        public int Count;
        public long Start;
    }
}
