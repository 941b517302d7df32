namespace HybridStore;

/// <summary>The keys, for whoever runs the store: master keys are listed, replaced, revoked and deleted, and what lies under them is brought under others while the store is in use.</summary>
/// <remarks>docs/keys.md tells which key does what, and what to do when one has leaked.</remarks>
public sealed class AuthKeyRing
{
    private readonly HybridAuthStore _store;

    internal AuthKeyRing(HybridAuthStore store) => _store = store;

    /// <summary>Lists the master keys: those of the ring, read anew, and those that are configured.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The keys, the active one first, then from the newest to the oldest.</returns>
    /// <exception cref="MasterKeyException">The ring is damaged, or from a newer version of the library.</exception>
    public ValueTask<IReadOnlyList<MasterKeyInfo>> ListAsync(CancellationToken cancellationToken = default) => _store.ListMasterKeysAsync(cancellationToken);

    /// <summary>Counts the wrapped data keys in cold by the master key that they name. It goes through all sessions.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The counts by the id of the master key; the empty id: wrapped keys that are damaged.</returns>
    public ValueTask<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken = default) => _store.CountDataKeysAsync(cancellationToken);

    /// <summary>Makes the next master key of the ring before its time, and has the provider wrap the keys of the ring anew. Data keys stay as they are: <see cref="RewrapAsync"/> is the other half.</summary>
    /// <param name="atOnce">Whether it is active at once; otherwise after <see cref="KeyRingOptions.ActivationDelay"/>. Processes that have not heard of it ask when they meet it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The new key.</returns>
    /// <exception cref="MasterKeyException">There is no ring: the configured key is replaced in the configuration.</exception>
    public ValueTask<MasterKeyInfo> RotateAsync(bool atOnce = true, CancellationToken cancellationToken = default) => _store.RotateMasterKeyAsync(atOnce, cancellationToken);

    /// <summary>
    /// Wraps the data keys that are under another master key than the active one anew. No value is rewritten, commits go on, and a job that was cut short is begun again or gone on with: what is done is not
    /// done again. What is under a revoked key is opened for this.
    /// </summary>
    /// <param name="request">Which sessions; <see langword="null"/>: all.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="MasterKeyException">The cold tier can't replace keys.</exception>
    public ValueTask<KeyJobProgress> RewrapAsync(KeyJobRequest? request = null, CancellationToken cancellationToken = default) => _store.RewrapAsync(request ?? new(), cancellationToken);

    /// <summary>
    /// Encrypts the records that are under another data key than their session's newest anew. Versions stay, commits go on and win where they come in between, and a job that was cut short is gone on with.
    /// Older data keys stay too: former versions of records, backups and hot tiers name them.
    /// </summary>
    /// <param name="request">Which sessions, and whether they first get new data keys; <see langword="null"/>: all, and they don't.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="MasterKeyException">The cold tier can't replace keys.</exception>
    public ValueTask<KeyJobProgress> ReencryptAsync(KeyJobRequest? request = null, CancellationToken cancellationToken = default) => _store.ReencryptAsync(request ?? new(), cancellationToken);

    /// <summary>Revokes a master key of the ring: what it wrapped is not opened any more, but to be wrapped anew. Every process heeds it when it reads the ring next.</summary>
    /// <param name="id">The key's id. Not the active one: make another first.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The key.</returns>
    /// <exception cref="MasterKeyException">The ring has no such key, or it is the active one.</exception>
    public ValueTask<MasterKeyInfo> RevokeAsync(string id, CancellationToken cancellationToken = default) => _store.RevokeMasterKeyAsync(Parse(id), cancellationToken);

    /// <summary>Deletes a master key from the ring, for ever.</summary>
    /// <param name="id">The key's id: one that is revoked, or was replaced longer ago than <see cref="KeyRingOptions.ActivationDelay"/>, and that no wrapped data key in cold names.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="MasterKeyException">The ring has no such key, or it is in use.</exception>
    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => _store.DeleteMasterKeyAsync(Parse(id), cancellationToken);

    private static ulong Parse(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return ulong.TryParse(id, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var fingerprint) && id.Length == 2 * sizeof(ulong)
            ? fingerprint
            : throw new MasterKeyException(MasterKeyFault.NotInRing, "A master key's id is sixteen hexadecimal digits, as `hybridstore keys list` shows them.");
    }
}
