namespace HybridStore;

/// <summary>A stored record did not open. It is there, and it is not touched: this is never an absent record.</summary>
public sealed class EnvelopeException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="key">The record.</param>
    /// <param name="fault">Why it did not open.</param>
    public EnvelopeException(AuthSessionId session, AuthKey key, EnvelopeFault fault)
        : base($"The record {key} of session {session} did not open: {Describe(fault)}")
    {
        Session = session;
        Key = key;
        Fault = fault;
    }

    private EnvelopeException(AuthSessionId session, AuthKey key, EnvelopeFault fault, string message)
        : base(message)
    {
        Session = session;
        Key = key;
        Fault = fault;
        IsRefusedCommit = true;
    }

    /// <summary>The record.</summary>
    public AuthKey Key { get; }

    /// <summary>Whether it was found by a commit that would have replaced it, and was refused: nothing was changed. <see cref="AuthPatch.ReplaceDamaged"/> says that it may.</summary>
    public bool IsRefusedCommit { get; }

    /// <summary>Why it did not open.</summary>
    public EnvelopeFault Fault { get; }

    internal static EnvelopeException OfRefusedCommit(AuthSessionId session, AuthKey key, EnvelopeFault fault) => new(
        session,
        key,
        fault,
        $"The record {key} of session {session} would be replaced, but it did not open: {Describe(fault)} Nothing was changed. A patch that says ReplaceDamaged may replace it, and keeps it in quarantine.");

    private static string Describe(EnvelopeFault fault) => fault switch
    {
        EnvelopeFault.NotAnEnvelope => "what is stored is not an envelope.",
        EnvelopeFault.Truncated => "its envelope was cut short.",
        EnvelopeFault.UnknownFormat => "its envelope's format is from a newer version of the library.",
        EnvelopeFault.UnknownCipher => "its envelope names a cipher that is not available here.",
        EnvelopeFault.UnknownCompression => "its envelope names a compression that is not available here.",
        EnvelopeFault.UnknownKey => "its envelope names a data key that the session does not have.",
        EnvelopeFault.NotAuthentic => "its envelope was changed, or belongs to another place.",
        EnvelopeFault.NotDecompressible => "its contents do not decompress.",
        EnvelopeFault.WrongMasterKey => "its data key is wrapped under another master key than the one configured.",
        EnvelopeFault.RevokedKey => "its data key is wrapped under a master key that was revoked.",
        EnvelopeFault.DataKeyDamaged => "its data key was damaged.",
        _ => "unknown fault.",
    };
}
