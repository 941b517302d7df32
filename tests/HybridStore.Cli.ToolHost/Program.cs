// Runs the tool as often as it is asked to, one run after the other, in a process that has compiled it already: most of a short run of a fresh
// process is that. A line of JSON on standard input is a run, a line on standard output is how it ended.
using System.Text;
using System.Text.Json;
using HybridStore.Cli.ToolHost;

using var requests = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
await using var replies = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
while (await requests.ReadLineAsync() is { } line)
{
    var ended = await HostedRun.RunAsync(JsonSerializer.Deserialize<HostedRequest>(line)!);
    await replies.WriteLineAsync(JsonSerializer.Serialize(ended));
}
