using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>What the holder of a lease knows, for hot that has nothing of a session, or something of another run (protocol rule 4).</summary>
public sealed class HotAdoption
{
    /// <summary>The session.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>
    /// The session as cold is known to have it, under the holder's epoch. Hot of this life that is there or beyond keeps what it has; hot that is below, or of a
    /// former life, is emptied first. Entries of the outbox at or below it go.
    /// </summary>
    public required HotMeta Meta { get; init; }

    /// <summary>How long the holder may believe in its lease: an adoption that arrives later changes nothing.</summary>
    public required TimeSpan ValidFor { get; init; }

    /// <summary>
    /// Whether hot has everything that the holder knows, once this is done. If not, the rest is given again after it, nobody vouches for the outbox meanwhile, and whoever
    /// takes the session over then finds it in doubt. True by default.
    /// </summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>
    /// The version at which hot has to be then for that to be everything. Hot that is below it has lost something since the rest was given to it: nobody vouches for its outbox, and
    /// nobody believes its records. 0: wherever it is.
    /// </summary>
    public long WholeAt { get; init; }

    /// <summary>The session's wrapped data keys, or empty to leave hot's copy as it is.</summary>
    public IReadOnlyList<WrappedDataKey> DataKeys { get; init; } = [];
}
