namespace HybridStore.Conformance.Leaks;

/// <summary>A secret that stands where none may stand.</summary>
/// <param name="Secret">What it is; never a part of it.</param>
/// <param name="Form">How it is written there.</param>
public sealed record FoundSecret(string Secret, string Form);
