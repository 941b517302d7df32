using HybridStore.Codec;

namespace HybridStore.Sessions;

/// <summary>The unwrapped data keys of one life of a session, newest first: the newest seals, all open.</summary>
/// <remarks>They are disposed of only when their life is over: somebody may be about to use them. Otherwise they are cleared when nobody can any more.</remarks>
/// <param name="incarnation">The life.</param>
/// <param name="keys">The keys.</param>
/// <param name="goodUntil">A timestamp of the store's clock, from which on they are not used without a lease.</param>
internal sealed class SessionKeys(long incarnation, IReadOnlyList<DataKey> keys, long goodUntil)
{
    public long Incarnation { get; } = incarnation;

    public IReadOnlyList<DataKey> All { get; } = keys;

    public long GoodUntil { get; } = goodUntil;

    public DataKey Newest => All[0];

    /// <summary>Whether their life is over: what is opened or sealed with them from then on is an <see cref="ObjectDisposedException"/>.</summary>
    /// <remarks>It is asked of the keys themselves: a key is in every set that its session has had since, and any of these may have been destroyed.</remarks>
    public bool AreDestroyed => All.Any(key => key.Material.IsDisposed);

    /// <summary>Clears the keys as soon as no operation uses them: their life is over.</summary>
    public void Destroy()
    {
        foreach (var key in All)
            key.Dispose();
    }
}
