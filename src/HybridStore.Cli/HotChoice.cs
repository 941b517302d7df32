using HybridStore.DependencyInjection;

namespace HybridStore.Cli;

/// <summary>The hot tier that was chosen, for all commands; without a choice, what the library has by default.</summary>
internal static class HotChoice
{
    private const string Redis = "redis";
    private const string RedisOverTls = "rediss";

    /// <summary>Says what is wrong with a choice, if something is.</summary>
    /// <param name="hot">The tier. It may hold a password and is never shown.</param>
    /// <param name="source">Where it was chosen.</param>
    public static string? FaultOf(string hot, string source)
    {
        if (!HotTierUri.TryParse(hot, out var uri))
            return $"{source} is none of {Redis}:CONNECTION, such as {Redis}:localhost:6379, {HotTierUri.Memory} and {HotTierUri.None}.";
        return uri.Scheme is Redis or RedisOverTls or HotTierUri.Memory or HotTierUri.None
            ? null
            : $"{source} names a hot tier of the kind '{uri.Scheme}'; this tool knows {Redis}:CONNECTION, {HotTierUri.Memory} and {HotTierUri.None}.";
    }

    /// <summary>Passes on what was chosen.</summary>
    public static string? Checked(TierChoice choice) =>
        choice.Uri is { } hot && FaultOf(hot, choice.Source) is { } fault ? throw new UsageException(fault) : choice.Uri;

    /// <summary>Whether what was queued can be found there.</summary>
    public static bool Queues(string? hot) => HotTierUri.TryParse(hot, out var uri) && uri.Scheme is Redis or RedisOverTls;

    /// <summary>Whether somebody said that there is no hot tier, or none any more.</summary>
    public static bool IsNone(string? hot) => HotTierUri.TryParse(hot, out var uri) && uri.Scheme == HotTierUri.None;
}
