namespace HybridStore.Tiers;

/// <summary>A session as a listing gives it.</summary>
/// <param name="Id">Which session.</param>
/// <param name="Head">Its state.</param>
public sealed record ColdSession(AuthSessionId Id, SessionHead Head);
