namespace HybridStore;

/// <summary>Wraps master keys and opens them again: a key management service, which never gives its own key away.</summary>
/// <remarks>
/// <para>
/// The store makes master keys, has the provider wrap them, and keeps them wrapped in the key ring of the cold tier. The provider is asked for all keys of the ring in one call when the store
/// starts, and when a key comes to the ring; never for a session.
/// </para>
/// <para>
/// What a call throws is taken for an outage, besides <see cref="OperationCanceledException"/> and the store's own exceptions: the store reports
/// <see cref="StoreUnavailableException"/>, or goes on with the keys that it has. The provider bounds its calls in time.
/// </para>
/// </remarks>
public interface IMasterKeyProvider
{
    /// <summary>Its name in the ring, in errors and in logs, such as <c>vault</c>. No secret.</summary>
    string Name { get; }

    /// <summary>Wraps keys.</summary>
    /// <param name="keys">Keys of 32 bytes. They are cleared after the call: don't keep them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The wrapped keys, in that order, at most 4,096 bytes each.</returns>
    ValueTask<IReadOnlyList<byte[]>> WrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken);

    /// <summary>Opens wrapped keys.</summary>
    /// <param name="wrapped">What <see cref="WrapAsync"/> gave.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The keys, in that order; <see langword="null"/> for one that this provider can't open, which no repeat will change. The arrays become the store's, which clears them.
    /// </returns>
    ValueTask<IReadOnlyList<byte[]?>> UnwrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> wrapped, CancellationToken cancellationToken);
}
