namespace HybridStore.Cli.ToolHost;

/// <summary>A run that is asked for.</summary>
/// <param name="Arguments">The arguments.</param>
/// <param name="Environment">What is set for this run alone; <see langword="null"/>: not set.</param>
internal sealed record HostedRequest(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment);
