using System.Text;

namespace HybridStore.Cli;

/// <summary>Where the tool writes, and what that place can show.</summary>
internal sealed class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static bool IsDebugAsked => Environment.GetEnvironmentVariable(EnvironmentNames.Debug) == "1";

    /// <summary>Standard output as bytes, for JSON, which is UTF-8 whatever the console's encoding.</summary>
    public required Stream Bytes { get; init; }

    /// <summary>Standard output as text.</summary>
    public required TextWriter Text { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether a person looks at standard output, on something that can show colours and lines.</summary>
    public required bool IsRich { get; init; }

    /// <summary>Whether stack traces are wanted.</summary>
    public required bool IsDebug { get; init; }

    public static Terminal OfProcess()
    {
        var bytes = Console.OpenStandardOutput();
        if (Console.IsOutputRedirected)
            return Redirected(bytes, new StreamWriter(bytes, Utf8), Console.Error);
        return new Terminal
        {
            Bytes = bytes,
            Text = Console.Out,
            Error = Console.Error,
            IsRich = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EnvironmentNames.NoColor)) && Environment.GetEnvironmentVariable("TERM") != "dumb",
            IsDebug = IsDebugAsked,
        };
    }

    /// <summary>A place that only takes what is written.</summary>
    /// <param name="bytes">Standard output as bytes.</param>
    /// <param name="text">The same as text, in UTF-8 without a mark of the encoding.</param>
    /// <param name="error">Standard error.</param>
    public static Terminal Redirected(Stream bytes, TextWriter text, TextWriter error) => new()
    {
        Bytes = bytes,
        Text = text,
        Error = error,
        IsRich = false,
        IsDebug = IsDebugAsked,
    };
}
