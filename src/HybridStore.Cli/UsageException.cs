namespace HybridStore.Cli;

/// <summary>The arguments or the settings are wrong.</summary>
internal sealed class UsageException(string message) : Exception(message);
