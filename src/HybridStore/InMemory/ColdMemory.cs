using System.Collections.Immutable;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>All sessions of an in-memory cold tier. Writers come one after the other; readers take what is there and wait for nobody.</summary>
internal sealed class ColdMemory(TimeProvider time)
{
    private readonly Lock _writing = new();
    private ImmutableSortedDictionary<AuthSessionId, ColdMemorySession>? _sessions =
        ImmutableSortedDictionary.Create<AuthSessionId, ColdMemorySession>(Utf8Order.Sessions);

    private ColdKeyRing _ring;

    /// <summary>The sessions as they are now.</summary>
    public ImmutableSortedDictionary<AuthSessionId, ColdMemorySession> Sessions
    {
        get
        {
            var sessions = Volatile.Read(ref _sessions);
            ObjectDisposedException.ThrowIf(sessions is null, typeof(InMemoryColdTier));
            return sessions;
        }
    }

    public DateTimeOffset Now => time.GetUtcNow();

    public ColdMemorySession Find(AuthSessionId session) => Sessions.GetValueOrDefault(session) ?? ColdMemorySession.None;

    /// <summary>Makes one transaction on a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="change">Given the session and the time: the answer, and the session after it.</param>
    /// <param name="cancellationToken">Is honoured until the transaction begins.</param>
    public T Change<T>(AuthSessionId session, Func<ColdMemorySession, DateTimeOffset, (T Result, ColdMemorySession After)> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_writing)
        {
            var before = Find(session);
            var (result, after) = change(before, time.GetUtcNow());
            if (!ReferenceEquals(before, after))
                Volatile.Write(ref _sessions, Sessions.SetItem(session, after));
            return result;
        }
    }

    /// <summary>The ring of master keys as it is now.</summary>
    public ColdKeyRing Ring
    {
        get
        {
            lock (_writing)
            {
                _ = Sessions;
                return _ring;
            }
        }
    }

    /// <summary>Writes the ring, if it is of the version that was read.</summary>
    public bool TryWriteRing(long expectedVersion, byte[] content)
    {
        lock (_writing)
        {
            _ = Sessions;
            if (_ring.Version != expectedVersion)
                return false;
            _ring = new ColdKeyRing(expectedVersion + 1, content);
            return true;
        }
    }

    /// <summary>Puts older sessions in the place of those that are there, as a restored backup does.</summary>
    public void GoBackTo(ImmutableSortedDictionary<AuthSessionId, ColdMemorySession> sessions)
    {
        lock (_writing)
            Volatile.Write(ref _sessions, sessions);
    }

    /// <summary>Forgets everything; what comes from now on is refused.</summary>
    public void Close()
    {
        lock (_writing)
            Volatile.Write(ref _sessions, null);
    }
}
