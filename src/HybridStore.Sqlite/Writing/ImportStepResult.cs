using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>What came of a part of an import.</summary>
/// <param name="LoadingId">The surrogate id that the next part continues.</param>
/// <param name="Head">After the last part: the session.</param>
/// <param name="Refusal">The import's end, if nothing of the part was kept.</param>
internal sealed record ImportStepResult(long LoadingId, SessionHead? Head, ColdImportResult? Refusal);
