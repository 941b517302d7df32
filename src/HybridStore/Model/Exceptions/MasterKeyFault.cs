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

    /// <summary>The session's data key is wrapped under a master key that was revoked.</summary>
    Revoked = 7,

    /// <summary>The file of the master key can be read or written by others than its owner.</summary>
    FileNotPrivate = 8,

    /// <summary>The file of the master key is not there, or can't be read.</summary>
    FileUnreadable = 9,

    /// <summary>The key ring in the cold tier was written by a newer version of the library.</summary>
    RingTooNew = 10,

    /// <summary>The key ring in the cold tier is damaged, or is not one.</summary>
    RingDamaged = 11,

    /// <summary>The key ring has no such key, or the key can't become what was asked: the one that is active can't be revoked or deleted.</summary>
    NotInRing = 12,

    /// <summary>The key can't be deleted: wrapped data keys name it.</summary>
    InUse = 13,

    /// <summary>The cold tier keeps no key ring, or none is configured.</summary>
    NoRing = 14,
}
