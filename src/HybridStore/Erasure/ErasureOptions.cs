namespace HybridStore;

/// <summary>How long copies are kept that the store can't reach, so that a report of an erasure can say until when they may outlive it. They change nothing else.</summary>
public sealed class ErasureOptions
{
    internal static readonly TimeSpan LongestKept = TimeSpan.FromDays(36500);

    /// <summary>How long files of data keys are kept (<see cref="AuthBackupRequest.KeysPath"/>): whoever has one, the backup of the records and the master key, opens what was erased.</summary>
    /// <value><see langword="null"/> by default: nobody said. Environment: <c>HYBRIDSTORE_KEY_BACKUPS_KEPT_FOR</c>, such as <c>30.00:00:00</c>.</value>
    public TimeSpan? KeyBackupsKeptFor { get; set; }

    /// <summary>How long backups and logs of the cold store's database are kept, those for going back to a point in time included: they hold records and data keys.</summary>
    /// <value><see langword="null"/> by default: nobody said. Environment: <c>HYBRIDSTORE_COLD_BACKUPS_KEPT_FOR</c>.</value>
    public TimeSpan? ColdBackupsKeptFor { get; set; }

    /// <summary>How long dumps and append-only files of the hot tier are kept: they hold records and data keys.</summary>
    /// <value><see langword="null"/> by default: nobody said. Environment: <c>HYBRIDSTORE_HOT_DUMPS_KEPT_FOR</c>.</value>
    public TimeSpan? HotDumpsKeptFor { get; set; }
}
