namespace HybridStore.Baileys;

/// <summary>How far an import or an export is.</summary>
/// <param name="Records">The records so far.</param>
/// <param name="TotalRecords">How many there are; <see langword="null"/> for an export, which doesn't count first.</param>
/// <param name="Bytes">The bytes so far.</param>
public readonly record struct BaileysProgress(long Records, long? TotalRecords, long Bytes);
