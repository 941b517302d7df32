namespace HybridStore;

/// <summary>Erases sessions, so that nobody can open what they held, and tells what was erased and which copies may outlive that. docs/erasure.md says what is gone when.</summary>
public sealed class AuthErasure
{
    private readonly HybridAuthStore _store;

    internal AuthErasure(HybridAuthStore store) => _store = store;

    /// <summary>
    /// Erases a session: deletes it as <see cref="IAuthStateStore.DeleteSessionAsync"/> does, with its data keys in cold, hot and this process's memory, its history, its quarantine and what was queued;
    /// then looks whether they are gone.
    /// </summary>
    /// <param name="session">The session. One that does not exist any more is looked for in hot all the same: where hot could not be reached, erase again later.</param>
    /// <param name="cancellationToken">Cancels the wait until the deletion begins.</param>
    /// <returns>What was erased, where, and what may outlive it.</returns>
    /// <exception cref="StoreUnavailableException">Cold does not answer: nothing is known to be erased.</exception>
    public ValueTask<ErasureReport> EraseAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _store.EraseAsync(session, cancellationToken);

    /// <summary>
    /// Erases all sessions of a tenant, one after the other. Sessions that come while it runs are erased too; stop the tenant's bots first, or they may begin new ones.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellationToken">Ends it between two sessions; called again, it goes on with what is left.</param>
    /// <returns>A report of each session, as it is erased.</returns>
    /// <exception cref="InvalidAuthInputException">The name can't be a tenant's.</exception>
    public IAsyncEnumerable<ErasureReport> EraseTenantAsync(string tenant, CancellationToken cancellationToken = default)
    {
        AuthName.Validate(tenant, AuthInputPart.Tenant);
        return _store.EraseTenantAsync(tenant, cancellationToken);
    }
}
