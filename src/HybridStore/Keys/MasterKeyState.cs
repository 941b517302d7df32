namespace HybridStore;

/// <summary>What a master key is used for now. It follows from the times in the ring; only that a key was revoked is written down.</summary>
public enum MasterKeyState
{
    /// <summary>It is in the ring and its time has not come: every process has until then to learn of it. It opens what it wrapped.</summary>
    Created = 1,

    /// <summary>It wraps the data keys of new sessions. One key is active.</summary>
    Active = 2,

    /// <summary>Another one took its place. It opens what it wrapped.</summary>
    DecryptOnly = 3,

    /// <summary>It must not be trusted any more: what it wrapped is not opened, but to be wrapped under another one.</summary>
    Revoked = 4,
}
