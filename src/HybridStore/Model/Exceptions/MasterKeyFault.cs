namespace HybridStore;

/// <summary>What is wrong with a master key.</summary>
public enum MasterKeyFault
{
    /// <summary>None was given.</summary>
    Missing = 1,

    /// <summary>It is not 32 bytes in base64 or hex: a passphrase, or a key of another size.</summary>
    Malformed = 2,

    /// <summary>All its bytes are equal: a placeholder, not a key.</summary>
    Trivial = 3,

    /// <summary>The session was encrypted under another master key.</summary>
    Wrong = 4,

    /// <summary>The session's wrapped data key is damaged, or is not one.</summary>
    WrappedKeyDamaged = 5,

    /// <summary>The session has no wrapped data key: it was erased, or restored from a backup without its keys.</summary>
    WrappedKeyMissing = 6,

    /// <summary>The session was encrypted under a master key that was revoked.</summary>
    Revoked = 7,
}
