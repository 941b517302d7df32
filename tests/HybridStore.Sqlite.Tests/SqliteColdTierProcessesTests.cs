using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Tests;

/// <summary>Several writers on one file, and writers that are killed.</summary>
public sealed class SqliteColdTierProcessesTests : TierTest
{
    private static readonly AuthSessionId Child = new("crash", "child");

    [Fact]
    public async Task Commit_TwoTiersOnOneFile_LoseNoUpdate()
    {
        const int Each = 150;
        await Tier.CommitAsync(Creation(Patch(new SealedChange(Record("counter"), BitConverter.GetBytes(0L)))), Cancel);
        var versions = await Task.WhenAll(new[] { Tier, Open() }.Select(tier => Task.Run(() => CountAsync(tier, Each), Cancel)));

        Assert.Equal(Enumerable.Range(2, 2 * Each).Select(v => (long)v), versions.SelectMany(v => v).Order());
        var read = await ReadAsync("counter");
        Assert.Equal(2 * Each, BitConverter.ToInt64(read.Records[0].Envelope.Span));
        Assert.Equal(2 * Each + 1, read.Head!.Version);
    }

    [Fact]
    public async Task Commit_ProcessIsKilled_EverythingAcknowledgedIsThereAndNothingIsTorn()
    {
        var random = new Random(11);
        string path = Folder.File("crash.db");
        long acknowledged = 0;
        for (int kill = 0; kill < 20; kill++)
        {
            using var child = Start("commit", path);
            for (int lines = random.Next(1, 60); lines > 0; lines--)
                acknowledged = long.Parse((await child.StandardOutput.ReadLineAsync(Cancel))!, CultureInfo.InvariantCulture);
            child.Kill();
            while (await child.StandardOutput.ReadLineAsync(Cancel) is { } late)
                acknowledged = long.Parse(late, CultureInfo.InvariantCulture);
            await child.WaitForExitAsync(Cancel);

            await using var tier = new SqliteColdTier(new SqliteColdTierOptions { Path = path }, Time);
            var read = await tier.ReadAsync(Child, [.. Enumerable.Range(0, 8).Select(i => Record($"{i}"))], false, Cancel);
            Assert.InRange(read.Head!.Version, acknowledged, acknowledged + 1);
            Assert.All(read.Records, r => Assert.Equal((read.Head.Version, read.Head.Version), (r.Version, BinaryPrimitives.ReadInt64LittleEndian(r.Envelope.Span))));
        }

        Assert.Equal("ok", Check(path));
    }

    [Fact]
    public async Task Import_ProcessIsKilled_LeavesNothingThatAnybodySees()
    {
        string path = Folder.File("crash.db");
        using (var child = Start("import", path))
        {
            Assert.Equal("9000", await child.StandardOutput.ReadLineAsync(Cancel));
            child.Kill();
            await child.WaitForExitAsync(Cancel);
        }

        await using (var tier = new SqliteColdTier(new SqliteColdTierOptions { Path = path }, Time))
        {
            Assert.Null((await tier.ReadAsync(Child, [], false, Cancel)).Head);
            Assert.Empty(await ToListAsync(tier.ListSessionsAsync(null, Cancel)));
            Assert.True(Query(path, "SELECT count(*) FROM record") > 0);

            var import = new ColdImport { Session = Child, Incarnation = 1, CommitId = CommitId.New(), DataKey = Key1, Records = Records(10) };
            Assert.Equal(ColdCommitStatus.Committed, (await tier.ImportAsync(import, Cancel)).Status);
            await FinishTidyingAsync(tier);
            Assert.Equal(10, Query(path, "SELECT count(*) FROM record"));
        }

        Assert.Equal("ok", Check(path));
    }

    // Reads, adds one, and commits on the condition that nobody came between; over again if somebody did.
    private static async Task<List<long>> CountAsync(SqliteColdTier tier, int times)
    {
        var versions = new List<long>();
        while (versions.Count < times)
        {
            var record = (await tier.ReadAsync(Session, [Record("counter")], false, Cancel)).Records[0];
            var patch = new SealedPatch
            {
                CommitId = CommitId.New(),
                Changes = [new SealedChange(record.Key, BitConverter.GetBytes(BitConverter.ToInt64(record.Envelope.Span) + 1))],
                Expectations = [new AuthExpectation(record.Key, record.Version)],
            };
            var result = await tier.CommitAsync(Commit(patch), Cancel);
            if (result.Status == ColdCommitStatus.Committed)
                versions.Add(result.Version);
            else
                Assert.Equal(ColdCommitStatus.Conflict, result.Status);
        }

        return versions;
    }

    private static string Check(string path)
    {
        using var db = new SqliteDb(path, SqliteOpenMode.ReadWrite, TimeSpan.FromSeconds(5));
        return db.QueryText("PRAGMA integrity_check");
    }

    private static Process Start(string mode, string path)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "HybridStore.Sqlite.CrashChild.dll");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, mode, path]) { RedirectStandardOutput = true })!;
    }
}
