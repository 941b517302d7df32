using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>What hot says of a session and some of its records, from one moment.</summary>
public sealed class HotRead
{
    /// <summary>What hot knows of the session, or <see langword="null"/>: nothing, and then there are no records either.</summary>
    public HotMeta? Meta { get; init; }

    /// <summary>The tier's present run.</summary>
    public required string RunId { get; init; }

    /// <summary>The generation of the session's place: a fill that answers this read must carry it, and is dropped when it has changed.</summary>
    public required long Generation { get; init; }

    /// <summary>For each key asked, in that order: the record, an absent one that hot knows to be absent, or <see langword="null"/> for a miss.</summary>
    public required IReadOnlyList<SealedRecord?> Records { get; init; }

    /// <summary>What hot knows of the session's outbox, with or without a meta; <see langword="null"/>: nothing, or the tier has none.</summary>
    public HotOutboxState? Outbox { get; init; }

    /// <summary>The copy of the session's wrapped data keys, newest first, if they were asked for and hot has them.</summary>
    public IReadOnlyList<WrappedDataKey> DataKeys { get; init; } = [];
}
