using System.Text;

namespace HybridStore.Cli.ToolHost;

/// <summary>One run of the tool, with an environment and output of its own.</summary>
internal static class HostedRun
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static async Task<HostedReply> RunAsync(HostedRequest request)
    {
        var before = request.Environment.Keys.ToDictionary(static name => name, Environment.GetEnvironmentVariable, StringComparer.Ordinal);
        using var bytes = new MemoryStream();
        await using var text = new StreamWriter(bytes, Utf8);
        await using var error = new StringWriter();

        // Whatever is written past the terminal belongs to the run too, and must not get between the replies.
        Console.SetOut(text);
        Console.SetError(error);
        try
        {
            foreach (var (name, value) in request.Environment)
                Environment.SetEnvironmentVariable(name, value);
            var code = await new Tool(Terminal.Redirected(bytes, text, error), TimeProvider.System).RunAsync(request.Arguments);
            await text.FlushAsync();
            return new HostedReply(code, Utf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), error.ToString());
        }
        finally
        {
            foreach (var (name, value) in before)
                Environment.SetEnvironmentVariable(name, value);
        }
    }
}
