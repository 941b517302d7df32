using System.Globalization;
using Xunit.v3;

namespace HybridStore.Conformance;

/// <summary>Names the promises that a test shows, as the xunit trait <c>Promise</c>: <c>dotnet test --filter "Promise=5"</c>.</summary>
/// <param name="numbers">The promises' numbers, from 1 to 13, as in <c>docs/promises.md</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public sealed class PromiseAttribute(params int[] numbers) : Attribute, ITraitAttribute
{
    /// <summary>The trait's name.</summary>
    public const string TraitName = "Promise";

    /// <summary>The promises' numbers.</summary>
    public IReadOnlyList<int> Numbers { get; } = numbers;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. Numbers.Select(static n => KeyValuePair.Create(TraitName, n.ToString(CultureInfo.InvariantCulture)))];
}
