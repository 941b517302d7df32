namespace HybridStore.Migration;

/// <summary>Something in which a copy is not as its source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">The record, or <see langword="null"/> for the session itself.</param>
public readonly record struct MigrationDifference(MigrationDifferenceKind Kind, AuthKey? Key = null);
