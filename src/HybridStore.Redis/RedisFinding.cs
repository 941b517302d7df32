namespace HybridStore.Redis;

/// <summary>Something about a server's settings that a person should know.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">The same for people, with the server and what to do.</param>
public sealed record RedisFinding(RedisFindingKind Kind, string Message)
{
    /// <summary>Whether it may lose what was queued, so that <see cref="UnsafeServer.Refuse"/> refuses the server.</summary>
    public bool IsUnsafe => Kind is RedisFindingKind.EvictsQueuedCommits or RedisFindingKind.NotPersistent or RedisFindingKind.TooOld;
}
