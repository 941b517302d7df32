namespace HybridStore;

/// <summary>Why an envelope did not open.</summary>
public enum EnvelopeFault
{
    /// <summary>It does not begin as an envelope does: foreign data, or its first bytes were changed.</summary>
    NotAnEnvelope = 1,

    /// <summary>It ends before its header or its authentication tag does.</summary>
    Truncated = 2,

    /// <summary>Its format version is from a newer library.</summary>
    UnknownFormat = 3,

    /// <summary>It names a cipher that this process doesn't have.</summary>
    UnknownCipher = 4,

    /// <summary>It names a compression that this process doesn't have.</summary>
    UnknownCompression = 5,

    /// <summary>It was sealed with a data key that the session doesn't have.</summary>
    UnknownKey = 6,

    /// <summary>It was changed, or it belongs to another tenant, session, type or id.</summary>
    NotAuthentic = 7,

    /// <summary>It is authentic, but what it contains doesn't decompress to a value.</summary>
    NotDecompressible = 8,

    /// <summary>Its data key is wrapped under a master key that is not the one configured. Reads and commits say so by <see cref="MasterKeyException"/>; verifying says it of each record.</summary>
    WrongMasterKey = 9,

    /// <summary>Its data key is wrapped under a master key that was revoked. As above.</summary>
    RevokedKey = 10,

    /// <summary>Its data key is there, but what it is wrapped in was damaged. As above.</summary>
    DataKeyDamaged = 11,
}
