using System.Diagnostics.CodeAnalysis;
using HybridStore.InMemory;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.DependencyInjection;

/// <summary>Names a cold tier in configuration, as <c>scheme:rest</c>: <c>sqlite:/var/lib/bots.db</c>.</summary>
/// <param name="Scheme">The tier's scheme, in lower case: letters, and plus signs between them.</param>
/// <param name="Rest">What the tier makes of the rest: a path, a connection string. It may hold a password and is never shown.</param>
public sealed record ColdTierUri(string Scheme, string Rest)
{
    /// <summary>Reads the two parts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="uri">The parts.</param>
    /// <returns>Whether both are there.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ColdTierUri? uri)
    {
        uri = null;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || colon == text!.Length - 1 || !text.AsSpan(0, colon).IsScheme())
            return false;
#pragma warning disable CA1308 // A scheme is lower case by convention (RFC 3986, section 3.1).
        uri = new ColdTierUri(text[..colon].ToLowerInvariant(), text[(colon + 1)..]);
#pragma warning restore CA1308
        return true;
    }

    /// <summary>Makes the tier: by a factory that is registered, or else by that of a package which the application references.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns>The tier, which is the caller's.</returns>
    /// <exception cref="InvalidOperationException">There is none for the scheme.</exception>
    /// <exception cref="ArgumentException">The tier does not understand the rest.</exception>
    public IColdTier CreateTier(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var factory = services.GetServices<IColdTierFactory>().Concat(ReferencedColdTiers.Find()).Append(new InMemoryColdTierFactory()).FirstOrDefault(f => TierChoice.Makes(f.Scheme, Scheme));
        return factory?.Create(this, services)
            ?? throw new InvalidOperationException($"There is no cold tier for the scheme '{Scheme}'. Reference the package of that tier.");
    }

    /// <summary>The scheme only.</summary>
    public override string ToString() => $"{Scheme}:…";
}

file static class Schemes
{
    /// <summary>Letters, and between them a plus sign, as in <c>mongodb+srv</c>.</summary>
    public static bool IsScheme(this ReadOnlySpan<char> text)
    {
        if (text[0] == '+' || text[^1] == '+')
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetter(c) && c != '+')
                return false;
        }

        return true;
    }
}
