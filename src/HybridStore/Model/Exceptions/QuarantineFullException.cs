namespace HybridStore;

/// <summary>A damaged record was not replaced, since the session has as many in quarantine as may be. Nothing was changed.</summary>
/// <remarks>It passes when some are discarded: <see cref="AuthQuarantine.DiscardAsync"/>, <c>hybridstore quarantine discard</c>.</remarks>
public sealed class QuarantineFullException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="envelopes">How many envelopes it has in quarantine.</param>
    public QuarantineFullException(AuthSessionId session, int envelopes)
        : base($"Session {session} has {envelopes} damaged envelopes in quarantine, and may have {AuthQuarantine.MaxEnvelopes}: look at them and discard some before more is replaced. Nothing was changed.")
    {
        Session = session;
        Envelopes = envelopes;
    }

    /// <summary>How many envelopes the session has in quarantine.</summary>
    public int Envelopes { get; }
}
