namespace HybridStore.Cli.ToolHost;

/// <summary>How a run ended, and what it wrote.</summary>
internal sealed record HostedReply(int ExitCode, string Out, string Error);
