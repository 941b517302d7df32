namespace HybridStore.Conformance.Stores;

/// <summary>A store, and what stands between it and its tiers.</summary>
/// <param name="Store">The store.</param>
/// <param name="Cold">Its cold tier; <see langword="null"/> where the fixture can't stand in between, and tests that inject faults are skipped.</param>
/// <param name="Hot">Its hot tier; <see langword="null"/> where it has none.</param>
public sealed record OpenedStore(IAuthStateStore Store, FaultyColdTier? Cold = null, FaultyHotTier? Hot = null);
