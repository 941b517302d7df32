namespace HybridStore.Tiers;

/// <summary>Something about how a hot tier is set up that a person should know.</summary>
/// <param name="Message">What it is and what to do, without secrets.</param>
/// <param name="IsUnsafe">Whether what was queued may be lost by it.</param>
public sealed record HotFinding(string Message, bool IsUnsafe);
