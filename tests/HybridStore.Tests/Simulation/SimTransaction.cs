namespace HybridStore.Tests.Simulation;

/// <summary>What a transaction's work did the last time it ran.</summary>
/// <param name="Read">What every record was told to be; <see langword="null"/>: absent.</param>
/// <param name="Written">What was written.</param>
internal sealed record SimTransaction(IReadOnlyDictionary<AuthKey, int?> Read, IReadOnlyDictionary<AuthKey, int> Written);
