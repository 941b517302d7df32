using System.Runtime.InteropServices;
using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Tests;

/// <summary>Traces that are played on a target in a moment.</summary>
internal static class TinyPlay
{
    // Fewer records than any profile, so that the stores of whole sessions are done soon.
    private static readonly Profile Tiny = Profile.Small with { Sessions = 40, PreKeys = 100, LidMappings = 40, DeviceLists = 20, Tokens = 15 };

    public static bool HasRedis { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(static folder => File.Exists(Path.Combine(folder, "redis-server")));

    public static PlayOptions Options(TraceKind kind) => new() { Trace = new TraceOptions { Kind = kind, Profile = Tiny, Sessions = 2, Seed = 11, Contacts = 20, Burst = 60 }, Messages = 30, WarmUp = 5 };

    // The run collects garbage. Nothing else holds a test that waits for an answer of a server, and then the client's connection would go, and with it the answer.
    public static async Task<PlayResult> RunAsync(string target, PlayOptions options, LoadServers servers)
    {
        var run = PlayRun.RunAsync(target, options, servers);
        var held = GCHandle.Alloc(run);
        try
        {
            return await run;
        }
        finally
        {
            held.Free();
        }
    }
}
