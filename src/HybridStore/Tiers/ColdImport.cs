using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>A session to be created whole from a stream.</summary>
public sealed class ColdImport
{
    /// <summary>The session, which must not exist.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>The life to create: one above the last that ended.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The import's commit id, remembered as that of version 1.</summary>
    public required CommitId CommitId { get; init; }

    /// <summary>The session's data key, which sealed all the records.</summary>
    public required WrappedDataKey DataKey { get; init; }

    /// <summary>The records, which become version 1. An exception from it abandons the import. Envelopes are kept until they are written: their bytes must not be reused.</summary>
    public required IAsyncEnumerable<SealedChange> Records { get; init; }
}
