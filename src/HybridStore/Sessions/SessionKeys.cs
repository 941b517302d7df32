using HybridStore.Codec;

namespace HybridStore.Sessions;

/// <summary>The unwrapped data keys of one life of a session, newest first: the newest seals, all open.</summary>
internal sealed class SessionKeys(long incarnation, IReadOnlyList<DataKey> keys)
{
    public long Incarnation { get; } = incarnation;

    public IReadOnlyList<DataKey> All { get; } = keys;

    public DataKey Newest => All[0];
}
