namespace HybridStore;

/// <summary>A place of the store from which a session was erased.</summary>
/// <param name="Place">Which: the name of a tier, or <c>process</c>, which is this one.</param>
/// <param name="Outcome">Whether it is gone from there.</param>
/// <param name="What">What is gone, or why it is not known to be.</param>
public sealed record ErasedPlace(string Place, ErasureOutcome Outcome, string What);
