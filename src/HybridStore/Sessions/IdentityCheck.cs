namespace HybridStore.Sessions;

/// <summary>What came of looking at a change of the credentials.</summary>
/// <param name="Version">The version of the credentials that were looked at, which the commit must find unchanged.</param>
/// <param name="Refusal">Why it is refused, unless the tier knows it as a repeat.</param>
internal sealed record IdentityCheck(long Version, IdentityOverwriteException? Refusal);
