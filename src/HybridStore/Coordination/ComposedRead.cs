using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>An answer of one version, put together from the tiers.</summary>
/// <param name="Position">The point of the session that it is of.</param>
/// <param name="Records">An answer for each key asked, in that order.</param>
internal sealed record ComposedRead(SeenMark Position, IReadOnlyList<SealedRecord> Records);
