namespace HybridStore;

/// <summary>An envelope that did not open when its record was replaced.</summary>
/// <param name="Id">Its name within the session.</param>
/// <param name="Key">The record that it was of.</param>
/// <param name="Version">The version that wrote it.</param>
/// <param name="Fault">Why it did not open.</param>
/// <param name="QuarantinedAt">When it was replaced, by the clock of the process that did.</param>
/// <param name="StoredBytes">Its size in bytes.</param>
public sealed record QuarantinedEnvelope(string Id, AuthKey Key, long Version, EnvelopeFault Fault, DateTimeOffset QuarantinedAt, long StoredBytes);
