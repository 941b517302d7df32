namespace HybridStore.Redis.Hot;

/// <summary>A run's id as a word of the control field, which is never empty.</summary>
internal static class RunToken
{
    private const string None = "-";

    /// <summary>What is no server's id is no run's: nothing is believed under it.</summary>
    public static string Of(string runId) => runId.Length > 0 && runId.All(char.IsAsciiLetterOrDigit) ? runId : None;

    public static string Parse(string token) => token == None ? "" : token;
}
