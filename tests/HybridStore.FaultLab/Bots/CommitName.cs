namespace HybridStore.FaultLab.Bots;

/// <summary>What every value says of the commit that wrote it: the life of a bot that made it, and its number there.</summary>
internal readonly record struct CommitName(int Writer, int Number);
