namespace HybridStore;

/// <summary>Shorter ways to call an <see cref="IAuthStateStore"/>.</summary>
public static class AuthStateStoreExtensions
{
    /// <summary>Reads records of one type, all at one version of the session.</summary>
    /// <param name="store">The store.</param>
    /// <param name="session">The session.</param>
    /// <param name="type">The records' type, such as <see cref="AuthKeyTypes.Session"/>.</param>
    /// <param name="ids">Their ids; an answer for each comes in the same order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static ValueTask<AuthRecordSet> GetManyAsync(
        this IAuthStateStore store, AuthSessionId session, string type, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(ids);
        var keys = new AuthKey[ids.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = new AuthKey(type, ids[i]);
        return store.GetManyAsync(session, keys, cancellationToken);
    }

    /// <summary>Reads one record.</summary>
    /// <param name="store">The store.</param>
    /// <param name="session">The session.</param>
    /// <param name="type">The record's type.</param>
    /// <param name="id">The record's id.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static ValueTask<AuthRecord> GetAsync(
        this IAuthStateStore store, AuthSessionId session, string type, string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.GetAsync(session, new AuthKey(type, id), cancellationToken);
    }

    /// <summary>Opens a session as a bot does: takes its lease and keeps its records in this process while it is open.</summary>
    /// <param name="store">The store.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="session">The session's name within the tenant.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SessionHeldException">Another process holds it, and did not give it back in time; or it is open in this process.</exception>
    public static ValueTask<AuthSession> OpenAsync(
        this IAuthStateStore store, string tenant, string session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.OpenAsync(new AuthSessionId(tenant, session), cancellationToken);
    }
}
