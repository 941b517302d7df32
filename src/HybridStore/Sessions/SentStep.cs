using HybridStore.Tiers;

namespace HybridStore.Sessions;

/// <summary>What became of a step: hot's outbox answers in the words of cold.</summary>
/// <param name="Result">The answer. Committed: its versions are those of the step alone, without what was drained along with it.</param>
/// <param name="Outcome">Where it is, if it is anywhere.</param>
internal readonly record struct SentStep(ColdCommitResult Result, CommitOutcome Outcome);
