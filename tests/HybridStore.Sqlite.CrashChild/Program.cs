// A process that the crash tests kill: it says on its output what it was told is kept, and then goes on.
using System.Buffers.Binary;
using HybridStore;
using HybridStore.Sqlite;
using HybridStore.Sqlite.CrashChild;
using HybridStore.Codec;
using HybridStore.Tiers;

string mode = args[0];
if (mode == "store")
{
    var line = new Lock();
    await StoreCommitters.RunAsync(
        args[1],
        args[2],
        text =>
        {
            lock (line)
            {
                Console.Out.WriteLine(text);
                Console.Out.Flush();
            }
        },
        CancellationToken.None);
    return 1;
}

var session = new AuthSessionId("crash", "child");
var dataKey = new WrappedDataKey(new DataKeyId(7), new byte[64]);
await using var tier = new SqliteColdTier(new SqliteColdTierOptions { Path = args[1] }, TimeProvider.System);

if (mode == "import")
{
    await tier.ImportAsync(
        new ColdImport { Session = session, Incarnation = 1, CommitId = CommitId.New(), DataKey = dataKey, Records = EndlessRecords() }, CancellationToken.None);
    return 1;
}

var head = (await tier.ReadAsync(session, [], withDataKeys: false, CancellationToken.None)).Head;
for (long version = (head?.Version ?? 0) + 1; ; version++)
{
    // Every record carries the version, so that a torn commit shows.
    var envelope = new byte[600];
    BinaryPrimitives.WriteInt64LittleEndian(envelope, version);
    var changes = Enumerable.Range(0, 8).Select(i => new SealedChange(new AuthKey("session", $"{i}"), envelope)).ToList();
    var result = await tier.CommitAsync(
        new ColdCommit
        {
            Session = session,
            Incarnation = 1,
            SealedWith = dataKey.Id,
            NewDataKey = version == 1 ? dataKey : null,
            Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = changes }],
        },
        CancellationToken.None);
    if (result.Status != ColdCommitStatus.Committed || result.Version != version)
        return 2;
    Say(version);
}

// More than two parts of an import, so that the first is certainly written, and then no end.
static async IAsyncEnumerable<SealedChange> EndlessRecords()
{
    for (int i = 0; i < 9_000; i++)
        yield return new SealedChange(new AuthKey("pre-key", $"{i}"), new byte[1024]);
    Say(9_000);
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
}

static void Say(long number)
{
    Console.Out.WriteLine(number);
    Console.Out.Flush();
}
