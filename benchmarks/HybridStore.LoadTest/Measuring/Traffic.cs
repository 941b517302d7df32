namespace HybridStore.LoadTest.Measuring;

/// <summary>Bytes to and from the tiers.</summary>
/// <param name="HotSent">To Redis, as Redis counts it.</param>
/// <param name="HotReceived">From Redis.</param>
/// <param name="ColdSent">To PostgreSQL or MongoDB, in bytes of its protocol.</param>
/// <param name="ColdReceived">From there.</param>
/// <param name="Wal">What PostgreSQL wrote to its write-ahead log.</param>
/// <param name="Files">What this process wrote to files: SQLite's log and database, or files of a store of files.</param>
internal readonly record struct Traffic(long HotSent, long HotReceived, long ColdSent, long ColdReceived, long Wal, long Files)
{
    /// <summary>All that went to a tier or came from one; the write-ahead log is the server's own matter.</summary>
    public long Total => HotSent + HotReceived + ColdSent + ColdReceived + Files;

    /// <summary>What went over the wire alone.</summary>
    public long WithoutFiles => Total - Files;

    public static Traffic operator -(Traffic left, Traffic right) => new(
        left.HotSent - right.HotSent, left.HotReceived - right.HotReceived, left.ColdSent - right.ColdSent, left.ColdReceived - right.ColdReceived,
        left.Wal - right.Wal, left.Files - right.Files);
}
