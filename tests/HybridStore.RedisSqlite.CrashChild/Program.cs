// A process that the crash tests kill: it says on its output what it was told is kept, and then goes on.
using HybridStore.RedisSqlite.CrashChild;

var line = new Lock();
await QueueCommitters.RunAsync(
    args[0],
    args[1],
    args[2],
    text =>
    {
        lock (line)
        {
            Console.Out.WriteLine(text);
            Console.Out.Flush();
        }
    });
