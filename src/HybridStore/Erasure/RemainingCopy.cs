namespace HybridStore;

/// <summary>A copy of a session that may outlive its erasure.</summary>
/// <param name="Kind">What kind of copy.</param>
/// <param name="Until">Until when, if that is known.</param>
/// <param name="CanBeOpened">Whether who has it and the master key can open what was erased, by itself or together with a backup.</param>
/// <param name="What">What it is, and what ends it.</param>
public sealed record RemainingCopy(RemainingCopyKind Kind, DateTimeOffset? Until, bool CanBeOpened, string What);
