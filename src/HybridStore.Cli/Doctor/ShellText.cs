namespace HybridStore.Cli.Doctor;

/// <summary>Writes a command so that a shell takes each argument as it is meant. Names may hold any character.</summary>
internal static class ShellText
{
    public static string Command(params IEnumerable<string> arguments) => string.Join(' ', arguments.Prepend("hybridstore").Select(Quote));

    /// <summary>The options that name a session.</summary>
    public static string[] Session(AuthSessionId session) =>
        session.Tenant.Contains('/', StringComparison.Ordinal)
            ? ["--tenant", session.Tenant, "--session", session.Session]
            : ["--session", session.ToString()];

    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:@+,=".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
