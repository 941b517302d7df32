namespace HybridStore.Tiers;

/// <summary>An outbox entry that cold refuses for good, so that its session waits for a person (protocol rule 10).</summary>
/// <param name="Version">The version that the entry makes.</param>
/// <param name="Reason">Why cold refused it, without names of records or values.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Since">When it was parked.</param>
public sealed record ParkedEntry(long Version, string Reason, int Tries, DateTimeOffset Since);
