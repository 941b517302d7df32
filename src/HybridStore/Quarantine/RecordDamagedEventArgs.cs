namespace HybridStore;

/// <summary>A record did not open, or one that did not was replaced.</summary>
/// <param name="session">The session.</param>
/// <param name="key">The record.</param>
/// <param name="version">The version that wrote it.</param>
/// <param name="fault">Why it does not open.</param>
/// <param name="isQuarantined">Whether it was replaced, and what was there is in quarantine.</param>
public sealed class RecordDamagedEventArgs(AuthSessionId session, AuthKey key, long version, EnvelopeFault fault, bool isQuarantined) : EventArgs
{
    /// <summary>The session.</summary>
    public AuthSessionId Session { get; } = session;

    /// <summary>The record.</summary>
    public AuthKey Key { get; } = key;

    /// <summary>The version that wrote it.</summary>
    public long Version { get; } = version;

    /// <summary>Why it does not open.</summary>
    public EnvelopeFault Fault { get; } = fault;

    /// <summary>Whether it was replaced, and what was there is in quarantine; otherwise it is where it was.</summary>
    public bool IsQuarantined { get; } = isQuarantined;
}
