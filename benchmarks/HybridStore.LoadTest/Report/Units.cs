using System.Globalization;

namespace HybridStore.LoadTest.Report;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    /// <summary>A time, given in microseconds.</summary>
    public static string Time(double microseconds) => microseconds switch
    {
        < 1 => Text(microseconds * 1000, " ns"),
        < 1000 => Text(microseconds, " us"),
        < 1_000_000 => Text(microseconds / 1000, " ms"),
        _ => Text(microseconds / 1_000_000, " s"),
    };

    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        < 1000 => Text(Math.Round(bytes), " B"),
        < 1_000_000 => Text(bytes / 1000, " KB"),
        _ => Text(bytes / 1_000_000, " MB"),
    };

    public static string Rate(double perSecond) => Text(perSecond, "");

    // Three digits, without an exponent.
    public static string Number(double value) => Text(value, "");

    private static string Text(double value, string unit) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "F0", >= 10 => "F1", 0 => "F0", _ => "F2" }, CultureInfo.InvariantCulture) + unit;
}
