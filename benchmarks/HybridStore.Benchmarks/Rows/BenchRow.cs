using System.Text.Json;

namespace HybridStore.Benchmarks.Rows;

/// <summary>One line of the table of what is to be reached: measured, and judged.</summary>
/// <param name="Line">Where it stands in the table; several rows may belong to one line.</param>
/// <param name="Row">What was measured, and against what.</param>
/// <param name="Value">What came out; <see langword="null"/>: nothing did.</param>
/// <param name="Unit">Of value and goal.</param>
/// <param name="Goal">What is to be reached; <see langword="null"/>: it is told beside the others and has no goal.</param>
/// <param name="Met">Whether it was.</param>
/// <param name="Better"><c>higher</c> or <c>lower</c>: on which side of the goal it is met.</param>
/// <param name="Detail">The figures that it was computed from.</param>
internal sealed record BenchRow(int Line, string Row, double? Value, string Unit, double? Goal, bool Met, string Better, string Detail)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>A row whose value must not be below the goal.</summary>
    public static BenchRow AtLeast(int line, string row, double value, string unit, double goal, string detail) =>
        new(line, row, Math.Round(value, 3), unit, goal, Math.Round(value, 3) >= goal, "higher", detail);

    /// <summary>A row whose value must not be above the goal.</summary>
    public static BenchRow AtMost(int line, string row, double value, string unit, double goal, string detail) =>
        new(line, row, Math.Round(value, 3), unit, goal, Math.Round(value, 3) <= goal, "lower", detail);

    /// <summary>A row that could not be measured, which is not met.</summary>
    public static BenchRow Failed(int line, string row, string why) => new(line, row, null, "", null, Met: false, "", why);

    /// <summary>A figure to see the others by.</summary>
    public static BenchRow Told(int line, string row, double value, string unit, string detail) => new(line, row, Math.Round(value, 3), unit, null, Met: true, "", detail);

    public static string ToJson(IEnumerable<BenchRow> rows) => JsonSerializer.Serialize(rows, Json);

    public static IReadOnlyList<BenchRow> FromJson(string json) => JsonSerializer.Deserialize<List<BenchRow>>(json, Json) ?? [];
}
