using System.Globalization;
using System.Text;

namespace HybridStore.Cli.Output;

/// <summary>Makes text safe to show. Names may hold any character: line breaks, tabs, and codes that would command a terminal.</summary>
internal static class Printable
{
    /// <summary>The text on one line, with what can't be seen written as <c>\u001B</c>.</summary>
    public static string Line(string text)
    {
        if (!text.Any(IsHidden))
            return text;
        var line = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsHidden(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
                continue;
            }

            line.Append(text[i]);
            if (char.IsHighSurrogate(text[i]))
                line.Append(text[++i]);
        }

        return line.ToString();
    }

    // Control codes, line ends, what turns the direction of writing, and halves of pairs.
    private static bool IsHidden(char c) => char.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
