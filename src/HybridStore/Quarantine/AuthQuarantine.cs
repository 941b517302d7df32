namespace HybridStore;

/// <summary>
/// Envelopes that did not open and were replaced all the same, because somebody said so (<see cref="AuthPatch.ReplaceDamaged"/>): as they were found, for whoever looks into what happened.
/// </summary>
/// <remarks>
/// They are kept as records of the session, sealed, under the type <see cref="Type"/>: in the same step that replaced them, wherever the session is, and until they are discarded
/// or the session ends. No other read gives them.
/// </remarks>
public sealed class AuthQuarantine
{
    /// <summary>The type of the records that hold them: <c>hybridstore.quarantine</c>. No patch and no import may use it.</summary>
    public const string Type = "hybridstore.quarantine";

    /// <summary>How many envelopes a session has in quarantine at most: 64. Then nothing damaged is replaced before some are discarded.</summary>
    public const int MaxEnvelopes = 64;

    private readonly HybridAuthStore _store;

    internal AuthQuarantine(HybridAuthStore store) => _store = store;

    /// <summary>Streams what a session has in quarantine, in order of the ids.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="SessionNotFoundException">The session does not exist.</exception>
    /// <exception cref="EnvelopeException">What is in quarantine does not open itself.</exception>
    public IAsyncEnumerable<QuarantinedEnvelope> ListAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        _store.ListQuarantineAsync(session, cancellationToken);

    /// <summary>Reads an envelope as it was found: for a tool that looks into it, and no value.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">Its <see cref="QuarantinedEnvelope.Id"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The bytes; <see langword="null"/>: there is none of this id.</returns>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(AuthSessionId session, string id, CancellationToken cancellationToken = default) =>
        _store.ReadQuarantinedAsync(session, id, cancellationToken);

    /// <summary>Removes an envelope from quarantine, for good.</summary>
    /// <param name="session">The session, which nobody else may hold.</param>
    /// <param name="id">Its <see cref="QuarantinedEnvelope.Id"/>.</param>
    /// <param name="cancellationToken">Cancels the wait before the commit begins.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="FencedException">Another process holds the session.</exception>
    public ValueTask<bool> DiscardAsync(AuthSessionId session, string id, CancellationToken cancellationToken = default) =>
        _store.DiscardQuarantinedAsync(session, id, cancellationToken);
}
