using HybridStore.Codec;

namespace HybridStore.Sessions;

/// <summary>The unwrapped data keys of one life of a session, newest first: the newest seals, all open.</summary>
/// <remarks>They are never disposed of here: somebody may be about to use them. They are cleared when nobody can any more.</remarks>
/// <param name="incarnation">The life.</param>
/// <param name="keys">The keys.</param>
/// <param name="goodUntil">A timestamp of the store's clock, from which on they are not used without a lease.</param>
internal sealed class SessionKeys(long incarnation, IReadOnlyList<DataKey> keys, long goodUntil)
{
    public long Incarnation { get; } = incarnation;

    public IReadOnlyList<DataKey> All { get; } = keys;

    public long GoodUntil { get; } = goodUntil;

    public DataKey Newest => All[0];
}
