using System.Globalization;
using HybridStore.Tiers;

namespace HybridStore.Redis.Hot;

/// <summary>A parked entry as the end of the control field: version, tries, when, and the reason as it is.</summary>
internal static class ParkedText
{
    public static string Of(ParkedEntry? entry) =>
        entry is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{entry.Version} {entry.Tries} {entry.Since.UtcTicks} {entry.Reason}");

    public static ParkedEntry? Parse(string text)
    {
        var parts = text.Split(' ', 4);
        return parts.Length < 4
            ? null
            : new ParkedEntry(
                long.Parse(parts[0], CultureInfo.InvariantCulture),
                parts[3],
                int.Parse(parts[1], CultureInfo.InvariantCulture),
                new DateTimeOffset(long.Parse(parts[2], CultureInfo.InvariantCulture), TimeSpan.Zero));
    }
}
