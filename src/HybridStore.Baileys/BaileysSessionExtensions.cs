namespace HybridStore.Baileys;

/// <summary>What a bot on Baileys' records does with an open session.</summary>
public static class BaileysSessionExtensions
{
    /// <summary>
    /// Reads the credentials, and then in one more round trip what Baileys reads one by one when it connects again: the versions of the five app state collections and
    /// the key that signs them, the last pre-key, the index of tokens, and the account's own device lists, mappings between number and LID, and sessions.
    /// </summary>
    /// <remarks>
    /// The gets that follow are answered from this process: see <see cref="AuthSession.PrefetchAsync(IReadOnlyList{AuthKey}, CancellationToken)"/>. It is a shortcut and
    /// nothing more: what the credentials don't tell is not prefetched, and without credentials nothing is.
    /// </remarks>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="StoreUnavailableException">The tiers do not answer.</exception>
    public static async ValueTask<AuthRecord> PrefetchReconnectAsync(this AuthSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var credentials = await session.GetCredentialsAsync(cancellationToken).ConfigureAwait(false);
        if (credentials.Exists)
            await session.PrefetchAsync(ReconnectRecords.Of(credentials.Value), cancellationToken).ConfigureAwait(false);
        return credentials;
    }
}
