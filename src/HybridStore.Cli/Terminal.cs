using System.Text;

namespace HybridStore.Cli;

/// <summary>Where the tool writes, and what that place can show.</summary>
internal sealed class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

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
        return new Terminal
        {
            Bytes = bytes,
            Text = Console.IsOutputRedirected ? new StreamWriter(bytes, Utf8) : Console.Out,
            Error = Console.Error,
            IsRich = !Console.IsOutputRedirected
                && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EnvironmentNames.NoColor))
                && Environment.GetEnvironmentVariable("TERM") != "dumb",
            IsDebug = Environment.GetEnvironmentVariable(EnvironmentNames.Debug) == "1",
        };
    }
}
