using System.Text;

namespace HybridStore.Redis.Hot;

/// <summary>A run's id as a word of the control field, which is never empty.</summary>
internal static class RunToken
{
    private const string None = "-";

    /// <summary>What is no server's id is no run's: nothing is believed under it.</summary>
    public static string Of(string runId) => runId.Length > 0 && runId.All(char.IsAsciiLetterOrDigit) ? runId : None;

    /// <summary>The run that a word names; the one that is known is not made anew.</summary>
    public static string Parse(ReadOnlySpan<byte> word, string known) =>
        Ascii.Equals(word, known) ? known : Ascii.Equals(word, None) ? "" : Encoding.ASCII.GetString(word);
}
