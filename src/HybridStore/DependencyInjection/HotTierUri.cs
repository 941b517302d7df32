using System.Diagnostics.CodeAnalysis;

namespace HybridStore.DependencyInjection;

/// <summary>Names a hot tier in configuration, as <c>scheme:rest</c> or only <c>scheme</c>: <c>redis:localhost:6379</c>, <c>memory</c>, <c>none</c>.</summary>
/// <param name="Scheme">The tier's scheme, in lower case.</param>
/// <param name="Rest">What the tier makes of the rest: a connection string; empty if there is none. It may hold a password and is never shown.</param>
public sealed record HotTierUri(string Scheme, string Rest)
{
    /// <summary>The scheme of the embedded hot tier.</summary>
    public const string Memory = "memory";

    /// <summary>The scheme that chooses to have no hot tier.</summary>
    public const string None = "none";

    /// <summary>Reads the parts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="uri">The parts.</param>
    /// <returns>Whether there is a scheme.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out HotTierUri? uri)
    {
        uri = text?.ToUpperInvariant() switch
        {
            "MEMORY" => new HotTierUri(Memory, ""),
            "NONE" => new HotTierUri(None, ""),
            _ => ColdTierUri.TryParse(text, out var parts) ? new HotTierUri(parts.Scheme, parts.Rest) : null,
        };
        return uri is not null;
    }

    /// <summary>The scheme only.</summary>
    public override string ToString() => Rest.Length == 0 ? Scheme : $"{Scheme}:…";
}
