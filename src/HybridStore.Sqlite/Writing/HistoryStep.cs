namespace HybridStore.Sqlite.Writing;

/// <summary>What one commit means to history.</summary>
internal sealed class HistoryStep
{
    /// <summary>The records of which a former version was kept.</summary>
    public List<AuthKey> Replaced { get; } = [];

    /// <summary>How many records of kept types it changes.</summary>
    public int Changes { get; set; }

    /// <summary>How many bytes of envelopes they have afterwards.</summary>
    public long Bytes { get; set; }
}
