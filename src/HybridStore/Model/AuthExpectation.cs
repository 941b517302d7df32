namespace HybridStore;

/// <summary>A condition of a patch: the version a record must have when the patch is committed.</summary>
/// <param name="Key">Which record; it need not be one that the patch changes.</param>
/// <param name="Version">The <see cref="AuthRecord.Version"/> it must have; 0: it must not exist.</param>
public readonly record struct AuthExpectation(AuthKey Key, long Version);
