namespace HybridStore.Sqlite;

/// <summary>How the SQLite cold tier keeps its file.</summary>
public sealed class SqliteColdTierOptions
{
    private const int MaxWaitingWritesLimit = 65_536;
    private const int MaxIdleReadersLimit = 256;
    private static readonly TimeSpan BusyTimeoutLimit = TimeSpan.FromHours(1);

    /// <summary>
    /// The database file. No default: it must be given. A relative path is relative to the process's current folder.
    /// The file is created if it does not exist; its folder is not.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// How long to wait for another process that is writing the same file, before the call fails with <see cref="StoreUnavailableException"/>.
    /// Default: 5 seconds. Range: 0 (don't wait) to 1 hour.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many writes may wait for the writer; the next caller waits until there is room, in order.
    /// Default: 1,024 writes. Range: 1 to 65,536.
    /// </summary>
    public int MaxWaitingWrites { get; set; } = 1024;

    /// <summary>
    /// How many connections for reading stay open while nobody reads. More are opened when more threads read at once, and closed afterwards.
    /// Default: 8 connections. Range: 1 to 256.
    /// </summary>
    public int MaxIdleReaders { get; set; } = 8;

    /// <summary>Checks the options.</summary>
    /// <returns>What is wrong and what to do about it, one message for each fault; empty if nothing is.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(Path))
        {
            faults.Add($"{nameof(SqliteColdTierOptions)}.{nameof(Path)} is empty. Set it to the database file, such as \"/var/lib/mybot/auth.db\".");
        }
        else if (Path.Contains('\0', StringComparison.Ordinal))
        {
            faults.Add($"{nameof(SqliteColdTierOptions)}.{nameof(Path)} contains the character U+0000. Set it to the path of a file.");
        }
        else if (Path.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || Path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(
                $"{nameof(SqliteColdTierOptions)}.{nameof(Path)} is \"{Path}\", which is not a file's path. "
                + "The cold tier is what survives a restart: set it to a file, without a scheme or parameters.");
        }

        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > BusyTimeoutLimit)
            faults.Add($"{nameof(SqliteColdTierOptions)}.{nameof(BusyTimeout)} is {BusyTimeout}. Set it between 0 and {BusyTimeoutLimit}; the default is 5 seconds.");
        if (MaxWaitingWrites is < 1 or > MaxWaitingWritesLimit)
        {
            faults.Add(
                $"{nameof(SqliteColdTierOptions)}.{nameof(MaxWaitingWrites)} is {MaxWaitingWrites}. Set it between 1 and {MaxWaitingWritesLimit}; the default is 1024.");
        }

        if (MaxIdleReaders is < 1 or > MaxIdleReadersLimit)
            faults.Add($"{nameof(SqliteColdTierOptions)}.{nameof(MaxIdleReaders)} is {MaxIdleReaders}. Set it between 1 and {MaxIdleReadersLimit}; the default is 8.");
        return faults;
    }
}
