namespace HybridStore.Redis.Hot;

/// <summary>The names of the sessions that were used last: each is escaped once, and not with every call.</summary>
/// <param name="prefix">What all names begin with.</param>
internal sealed class PlaceCache(string prefix)
{
    // A few hundred bytes each; two sessions that share a slot take turns.
    private const int Slots = 4096;

    private readonly Entry?[] _entries = new Entry?[Slots];

    public SessionPlace Get(AuthSessionId session)
    {
        ref var slot = ref _entries[(uint)session.GetHashCode() % Slots];
        if (Volatile.Read(ref slot) is { } entry && entry.Session == session)
            return entry.Place;
        entry = new Entry(session, new SessionPlace(prefix, session));
        Volatile.Write(ref slot, entry);
        return entry.Place;
    }

    private sealed record Entry(AuthSessionId Session, SessionPlace Place);
}
