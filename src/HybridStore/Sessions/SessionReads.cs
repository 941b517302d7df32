using System.Collections.Concurrent;

namespace HybridStore.Sessions;

/// <summary>The reads of a session's records that are under way.</summary>
internal sealed class SessionReads
{
    /// <summary>Each, so that who wants the same record waits for the same answer.</summary>
    /// <remarks>With one lock: gathering takes one as well, and by default there are as many as processors, for each of the very many sessions that a process may have.</remarks>
    public ConcurrentDictionary<AuthKey, Flight> Flights { get; } = new(concurrencyLevel: 1, capacity: 3);

    /// <summary>Sends them, many in one question while others are under way.</summary>
    public ReadGather Gather { get; } = new();
}
