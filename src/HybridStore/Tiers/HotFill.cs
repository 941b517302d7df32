using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>What was read from cold, on its way into hot. Applied whole or dropped (protocol rules 4 and 5).</summary>
public sealed class HotFill
{
    /// <summary>The session.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>The generation that the miss handed out.</summary>
    public required long Generation { get; init; }

    /// <summary>
    /// The session as cold had it in the snapshot of the records. Hot that has no meta adopts it; hot at this version takes the records and the later good-until;
    /// hot that is older is emptied first; hot that is newer, of a later incarnation or of a higher epoch drops the fill.
    /// </summary>
    public required HotMeta Meta { get; init; }

    /// <summary>The records, absent ones included.</summary>
    public required IReadOnlyList<SealedRecord> Records { get; init; }

    /// <summary>The session's wrapped data keys, or empty to leave hot's copy as it is.</summary>
    public IReadOnlyList<WrappedDataKey> DataKeys { get; init; } = [];
}
