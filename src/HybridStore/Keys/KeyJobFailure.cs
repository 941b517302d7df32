namespace HybridStore;

/// <summary>A session of which something was left as it is.</summary>
/// <param name="Session">The session.</param>
/// <param name="Fault">The name of the <see cref="MasterKeyFault"/> or <see cref="EnvelopeFault"/>.</param>
public sealed record KeyJobFailure(AuthSessionId Session, string Fault);
