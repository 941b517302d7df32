using System.Text.Json;
using HybridStore.FaultLab.Checker;

namespace HybridStore.FaultLab.Report;

/// <summary>What a run came to.</summary>
internal sealed record LabReport
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public required int Seed { get; init; }

    public required int Seconds { get; init; }

    public required long Acknowledged { get; init; }

    public required long Faults { get; init; }

    public required long Violations { get; init; }

    public required IReadOnlyDictionary<string, int> ByFault { get; init; }

    public required IReadOnlyDictionary<string, int> ByViolation { get; init; }

    public required long Reads { get; init; }

    /// <summary>Commits whose outcome was never known, and that were refused.</summary>
    public required long Unknown { get; init; }

    public required long Refused { get; init; }

    /// <summary>Rollbacks that sessions told of.</summary>
    public required int Rollbacks { get; init; }

    public required IReadOnlyDictionary<string, long> BySetup { get; init; }

    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Setups that could have been part of it, and why they are not.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    public required bool DefaultOptions { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>One line a class of faults and violations, and totals.</summary>
    public void Tell(TextWriter output)
    {
        foreach (var (name, count) in ByFault.OrderBy(static f => f.Key, StringComparer.Ordinal))
            output.WriteLine($"fault      {name,-26} {count,9}");
        foreach (var (name, count) in BySetup)
            output.WriteLine($"setup      {name,-26} {count,9} acknowledged");
        foreach (var what in LeftOut)
            output.WriteLine($"left out   {what}");
        foreach (var name in Enum.GetNames<Violation>())
            output.WriteLine($"violation  {name,-26} {ByViolation.GetValueOrDefault(name),9}");
        output.WriteLine($"{Seconds} s: {Faults} faults; {Acknowledged} commits acknowledged, {Unknown} never known, {Refused} refused; {Reads} reads; {Rollbacks} rollbacks told; {Violations} violations");
    }
}
