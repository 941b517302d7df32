using System.Reflection;

namespace HybridStore.Redis.Connection;

/// <summary>The texts of the scripts. Each holds the run that it is for, so that a server of another run doesn't know it.</summary>
internal static class ScriptLibrary
{
    private const string RunPlace = "@RUN@";
    private const string FormatPlace = "@FORMAT@";
    private static readonly RedisScript[] All = Enum.GetValues<RedisScript>();
    private static readonly string Shared = Read("shared");
    private static readonly string[] Bodies = [.. All.Select(static s => Read(s.ToString()))];

    public static string[] For(string runId)
    {
        // It comes from a server and becomes code.
        if (runId.Length == 0 || !runId.All(char.IsAsciiLetterOrDigit))
            throw new StoreUnavailableException("redis", "The server's run id is not of letters and digits.");
        return [.. Bodies.Select(body => Shared.Replace(RunPlace, runId, StringComparison.Ordinal) + body)];
    }

    private static string Read(string name)
    {
#pragma warning disable CA1308 // File names.
        var file = $"{name.ToLowerInvariant()}.lua";
#pragma warning restore CA1308
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Replace(FormatPlace, Hot.SessionControl.Format, StringComparison.Ordinal);
    }
}
