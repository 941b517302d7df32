namespace HybridStore.Sqlite.Writing;

/// <summary>What stays of a deleted session; all 0: it never lived and was never held.</summary>
internal readonly record struct Tombstone(long Incarnation, long LastVersion, long Epoch);
