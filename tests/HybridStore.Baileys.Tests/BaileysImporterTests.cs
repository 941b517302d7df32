using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

namespace HybridStore.Baileys.Tests;

public class BaileysImporterTests
{
    private static readonly AuthSessionId Session = new("clinic-7", "reception");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImportAsync_SampleFolder_StoresEveryFileByteForByte()
    {
        await using var test = TestStore.Create();

        var result = await BaileysImporter.ImportAsync(test.Store, Session, SampleState.Folder, cancellationToken: Ct);

        Assert.Equal(SampleState.Records, result.Records);
        Assert.Equal(0, result.RewrittenRecords);
        Assert.Empty(result.IgnoredNames);
        Assert.False(result.IsDryRun);
        Assert.Equal(1, result.Session!.Version);
        Assert.Equal(await test.Store.FindSessionAsync(Session, Ct), result.Session);
        Assert.Equal(
            [("app-state-sync-key", 5), ("app-state-sync-version", 5), ("creds", 1), ("device-list", 20), ("identity-key", 10), ("lid-mapping", 40), ("pre-key", 40),
                ("sender-key", 12), ("sender-key-memory", 2), ("session", 20), ("tctoken", 20)],
            result.Types.Select(t => (t.Type, (int)t.Records)));
        Assert.Equal(new DirectoryInfo(SampleState.Folder).EnumerateFiles().Sum(f => f.Length), result.Bytes);
        foreach (var file in Directory.EnumerateFiles(SampleState.Folder))
        {
            Assert.True(BaileysFileName.TryToKey(Path.GetFileName(file), out var key));
            Assert.Equal(await File.ReadAllBytesAsync(file, Ct), (await test.Store.GetAsync(Session, key, Ct)).Value.ToArray());
        }

        Assert.True((await test.Store.GetAsync(Session, AuthKeyTypes.SenderKey, "120363000000000000@g.us::5511900000001::1", Ct)).Exists);
    }

    [Fact]
    public async Task ImportAsync_OlderFormsAndMarks_AreBroughtIntoTodays()
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds()
            .Write("identity-key-1.0.json", """{"0":5,"1":6}""")
            .Write("pre-key-1.json", """{"private":{"type":"Buffer","data":[1,2,3]},"public":{"buffer":true,"value":"AQID"}}""")
            .Write("sender-key-memory-1@g.us.json", """{"5511@s.whatsapp.net":1}""")
            .Write("session-1.0.json", [0xEF, 0xBB, 0xBF, .. "{}"u8])
            .Write("foo-bar-1.json", "[ 1 ]\n");

        var result = await BaileysImporter.ImportAsync(test.Store, Session, folder.Path, cancellationToken: Ct);

        Assert.Equal(2, result.RewrittenRecords);
        Assert.Equal("""{"type":"Buffer","data":"BQY="}""", await TextOf("identity-key", "1.0"));
        Assert.Equal("""{"private":{"type":"Buffer","data":"AQID"},"public":{"type":"Buffer","data":"AQID"}}""", await TextOf("pre-key", "1"));
        Assert.Equal("""{"5511@s.whatsapp.net":1}""", await TextOf("sender-key-memory", "1@g.us"));
        Assert.Equal("{}", await TextOf("session", "1.0"));
        Assert.Equal("[ 1 ]\n", await TextOf("foo-bar", "1"));

        async Task<string> TextOf(string type, string id) => Encoding.UTF8.GetString((await test.Store.GetAsync(Session, type, id, Ct)).Value.Span);
    }

    [Fact]
    public async Task ImportAsync_WhatIsNoRecord_IsNamedAndIgnored()
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds().Write("notes.txt", "x").Write("creds.json.bak", "x").Write(".DS_Store", "x").Write("pre-key-1.JSON", "x");
        Directory.CreateDirectory(folder["session-1.0.json"]);
        Directory.CreateDirectory(folder["backup"]);

        var result = await BaileysImporter.ImportAsync(test.Store, Session, folder.Path, cancellationToken: Ct);

        Assert.Equal(1, result.Records);
        Assert.Equal([".DS_Store", "backup", "creds.json.bak", "notes.txt", "pre-key-1.JSON", "session-1.0.json"], result.IgnoredNames);
    }

    [Fact]
    public async Task ImportAsync_DryRun_ReportsTheSameAndWritesNothing()
    {
        await using var test = TestStore.Create();
        var progress = new List<BaileysProgress>();
        var options = new BaileysImportOptions { DryRun = true, Progress = new Reporter(progress) };

        var dry = await BaileysImporter.ImportAsync(test.Store, Session, SampleState.Folder, options, Ct);

        Assert.True(dry.IsDryRun);
        Assert.Null(dry.Session);
        Assert.Null(await test.Store.FindSessionAsync(Session, Ct));
        var real = await BaileysImporter.ImportAsync(test.Store, Session, SampleState.Folder, options with { DryRun = false }, Ct);
        Assert.Equal(real.Types, dry.Types);
        var end = new BaileysProgress(SampleState.Records, SampleState.Records, real.Bytes);
        Assert.Equal([end, end], progress);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ImportAsync_SessionThatExists_IsRefused(bool dryRun)
    {
        await using var test = TestStore.Create();
        await test.Store.CommitAsync(Session, new AuthPatch().Set("pre-key", "1", "{}"u8.ToArray()), Ct);

        var e = await Assert.ThrowsAsync<SessionExistsException>(
            () => BaileysImporter.ImportAsync(test.Store, Session, SampleState.Folder, new BaileysImportOptions { DryRun = dryRun }, Ct));

        Assert.Equal(1, e.Version);
        Assert.False((await test.Store.GetAsync(Session, AuthKey.Creds, Ct)).Exists);
    }

    [Fact]
    public async Task ImportAsync_ManyRecords_ReportsProgressOnTheWay()
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds();
        for (var i = 0; i < 600; i++)
            folder.Write($"pre-key-{i}.json", "{}");
        var progress = new List<BaileysProgress>();

        await BaileysImporter.ImportAsync(test.Store, Session, folder.Path, new BaileysImportOptions { Progress = new Reporter(progress) }, Ct);

        Assert.Equal([256, 512, 601], progress.Select(p => p.Records));
        Assert.All(progress, p => Assert.Equal(601, p.TotalRecords));
    }

    public static TheoryData<string, string, byte[], BaileysFormatReason> BadFiles => new()
    {
        { "empty", "pre-key-1.json", [], BaileysFormatReason.FileEmpty },
        { "spaces", "pre-key-1.json", [.. " \n"u8], BaileysFormatReason.TruncatedJson },
        { "truncated", "pre-key-1.json", [.. "{\"private\":{\"type\":\"Buf"u8], BaileysFormatReason.TruncatedJson },
        { "zeros", "pre-key-1.json", new byte[64], BaileysFormatReason.InvalidJson },
        { "two values", "pre-key-1.json", [.. "{}{}"u8], BaileysFormatReason.InvalidJson },
        { "HTML", "pre-key-1.json", [.. "<html></html>"u8], BaileysFormatReason.InvalidJson },
        { "UTF-16", "pre-key-1.json", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], BaileysFormatReason.InvalidUtf8 },
        { "Latin-1", "pre-key-1.json", [.. "\""u8, 0xE9, .. "\""u8], BaileysFormatReason.InvalidUtf8 },
        { "too deep", "pre-key-1.json", [.. Enumerable.Repeat((byte)'[', 100), .. Enumerable.Repeat((byte)']', 100)], BaileysFormatReason.TooDeep },
        { "foreign name", "package.json", [.. "{}"u8], BaileysFormatReason.NotARecordName },
        { "copy of creds", "creds-old.json", [.. "{}"u8], BaileysFormatReason.NotARecordName },
        { "colon", "session-1:2.json", [.. "{}"u8], BaileysFormatReason.NotARecordName },
        { "creds array", "creds.json", [.. "[]"u8], BaileysFormatReason.CredsForeign },
        { "creds null", "creds.json", [.. "null"u8], BaileysFormatReason.CredsForeign },
        { "creds of others", "creds.json", [.. """{"type":"service_account","private_key":"SECRET"}"""u8], BaileysFormatReason.CredsForeign },
        { "creds in part", "creds.json", [.. """{"noiseKey":{},"registrationId":1}"""u8], BaileysFormatReason.CredsForeign },
        { "creds within", "creds.json", [.. """{"creds":{"noiseKey":{},"signedIdentityKey":{},"registrationId":1}}"""u8], BaileysFormatReason.CredsForeign },
        { "creds truncated", "creds.json", [.. """{"noiseKey":{},"signedIdentityKey":{},"registrationId":1"""u8], BaileysFormatReason.TruncatedJson },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task ImportAsync_BadFile_IsNamedAndNothingIsStored(string what, string name, byte[] bytes, BaileysFormatReason reason)
    {
        if (OperatingSystem.IsWindows() && name.Contains(':', StringComparison.Ordinal))
            Assert.Skip("Windows has no such file name.");
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds().Write("device-list-1.json", "[]").Write("tctoken-1.json", "{}");
        folder.Write(name, bytes);

        foreach (var dryRun in new[] { true, false })
        {
            var e = await Assert.ThrowsAsync<BaileysFormatException>(
                () => BaileysImporter.ImportAsync(test.Store, Session, folder.Path, new BaileysImportOptions { DryRun = dryRun }, Ct));

            Assert.True(reason == e.Reason, $"{what}: {e.Reason}");
            Assert.Equal(name, e.FileName);
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("SECRET", e.ToString(), StringComparison.Ordinal);
            Assert.Null(await test.Store.FindSessionAsync(Session, Ct));
        }
    }

    [Fact]
    public async Task ImportAsync_ValueAboveTheLimit_IsRefused()
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds().Write("pre-key-1.json", [.. "{}"u8, .. Enumerable.Repeat((byte)' ', AuthLimits.MaxValueBytes - 1)]);
        Assert.Equal(BaileysFormatReason.TooLarge, await ReasonOf(test, folder.Path));
    }

    [Fact]
    public async Task ImportAsync_ValueOfExactlyTheLimit_IsTaken()
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds().Write("pre-key-1.json", [.. "{}"u8, .. Enumerable.Repeat((byte)' ', AuthLimits.MaxValueBytes - 2)]);
        var result = await BaileysImporter.ImportAsync(test.Store, Session, folder.Path, cancellationToken: Ct);
        Assert.Equal(2, result.Records);
    }

    [Fact]
    public async Task ImportAsync_ValueThatOutgrowsTheLimitInTodaysForm_IsRefused()
    {
        await using var test = TestStore.Create();
        var json = new StringBuilder("[");
        while (json.Length < AuthLimits.MaxValueBytes / 2)
            json.Append("""{"0":7},""");
        using var folder = TempFolder.WithCreds().Write("foo-1.json", json.Append("0]").ToString());
        var e = await Assert.ThrowsAsync<BaileysFormatException>(() => BaileysImporter.ImportAsync(test.Store, Session, folder.Path, cancellationToken: Ct));
        Assert.Equal((BaileysFormatReason.TooLarge, "foo-1.json"), (e.Reason, e.FileName));
    }

    [Fact]
    public async Task ImportAsync_NoFolder_IsRefused()
    {
        await using var test = TestStore.Create();
        using var folder = new TempFolder().Write("file", "x");
        Assert.Equal(BaileysFormatReason.FolderMissing, await ReasonOf(test, folder["none"]));
        Assert.Equal(BaileysFormatReason.FolderMissing, await ReasonOf(test, folder["file"]));
        Assert.Equal(BaileysFormatReason.FolderEmpty, await ReasonOf(test, folder.Path));
    }

    [Fact]
    public async Task ImportAsync_NoCreds_IsRefusedUnlessAllowed()
    {
        await using var test = TestStore.Create();
        using var folder = new TempFolder().Write("pre-key-1.json", "{}");
        Directory.CreateDirectory(folder["creds.json"]);

        Assert.Equal(BaileysFormatReason.CredsMissing, await ReasonOf(test, folder.Path));
        var result = await BaileysImporter.ImportAsync(test.Store, Session, folder.Path, new BaileysImportOptions { AllowMissingCreds = true }, Ct);
        Assert.Equal(1, result.Records);
    }

    [Fact]
    public async Task ImportAsync_SymbolicLink_IsNotFollowed()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows lets only administrators make links.");
        await using var test = TestStore.Create();
        using var outside = new TempFolder().Write("secret", TempFolder.Creds);
        using var folder = TempFolder.WithCreds();
        File.CreateSymbolicLink(folder["pre-key-1.json"], outside["secret"]);
        Assert.Equal(BaileysFormatReason.SymbolicLink, await ReasonOf(test, folder.Path));

        File.Delete(folder["pre-key-1.json"]);
        File.CreateSymbolicLink(folder["pre-key-2.json"], outside["nowhere"]);
        Assert.Equal(BaileysFormatReason.SymbolicLink, await ReasonOf(test, folder.Path));

        File.Delete(folder["pre-key-2.json"]);
        Directory.CreateSymbolicLink(outside["link"], folder.Path);
        Assert.Equal(1, (await BaileysImporter.ImportAsync(test.Store, Session, outside["link"], cancellationToken: Ct)).Records);
    }

    [Fact]
    public async Task ImportAsync_Pipe_IsRefusedAndNotWaitedFor()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no named pipes in folders.");
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds();
        using (var mkfifo = Process.Start("mkfifo", folder["pre-key-1.json"]))
            await mkfifo.WaitForExitAsync(Ct);
        Assert.Equal(BaileysFormatReason.FileEmpty, await ReasonOf(test, folder.Path));
    }

    [Fact]
    public async Task ImportAsync_NamesThatAreNotUnicode_AreRefused()
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
            Assert.Skip("Only Linux has such names.");
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds();
        await ShellAsync("for c in 376 377; do printf '{}' > \"$(printf 'session-\\'$c).json\"; done");

        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
        Assert.Equal(BaileysFormatReason.NameCollision, await ReasonOf(test, folder.Path));
        await ShellAsync("rm session-*"); // .NET can't name them to delete them

        async Task ShellAsync(string script)
        {
            using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = folder.Path })!;
            await shell.WaitForExitAsync(Ct);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task ImportAsync_UnreadableFile_IsNamed()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
            Assert.Skip("Everything can be read here.");
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds().Write("pre-key-1.json", "{}");
        File.SetUnixFileMode(folder["pre-key-1.json"], UnixFileMode.None);
        Assert.Equal(BaileysFormatReason.FileUnreadable, await ReasonOf(test, folder.Path));
    }

    [Theory]
    [InlineData("vanish", BaileysFormatReason.FileVanished)]
    [InlineData("grow", BaileysFormatReason.FileChanged)]
    [InlineData("shrink", BaileysFormatReason.FileChanged)]
    [InlineData("rewrite a file that was read", BaileysFormatReason.FileChanged)]
    [InlineData("delete a file that was read", BaileysFormatReason.FileVanished)]
    [InlineData("add", BaileysFormatReason.FileChanged)]
    public async Task ImportAsync_FolderThatChangesMeanwhile_IsRefused(string change, BaileysFormatReason reason)
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds();
        for (var i = 1000; i < 1600; i++)
            folder.Write($"pre-key-{i}.json", "{\"a\":1}");
        var done = false;
        var progress = new Reporter(_ =>
        {
            if (done)
                return;
            done = true;
            switch (change)
            {
                case "vanish": File.Delete(folder["pre-key-1500.json"]); break;
                case "grow": folder.Write("pre-key-1500.json", "{\"a\":1000}"); break;
                case "shrink": folder.Write("pre-key-1500.json", "{}"); break;
                case "rewrite a file that was read":
                    folder.Write("creds.json", TempFolder.Creds);
                    File.SetLastWriteTimeUtc(folder["creds.json"], DateTime.UnixEpoch);
                    break;
                case "delete a file that was read": File.Delete(folder["creds.json"]); break;
                case "add": folder.Write("session-1.0.json", "{}"); break;
            }
        });

        var e = await Assert.ThrowsAsync<BaileysFormatException>(
            () => BaileysImporter.ImportAsync(test.Store, Session, folder.Path, new BaileysImportOptions { Progress = progress }, Ct));

        Assert.True(done);
        Assert.Equal(reason, e.Reason);
        Assert.NotNull(e.FileName);
        Assert.Null(await test.Store.FindSessionAsync(Session, Ct));
    }

    [Fact]
    public async Task ImportAsync_Cancelled_StoresNothing()
    {
        await using var test = TestStore.Create();
        using var folder = TempFolder.WithCreds();
        for (var i = 0; i < 600; i++)
            folder.Write($"pre-key-{i}.json", "{}");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => BaileysImporter.ImportAsync(test.Store, Session, folder.Path, new BaileysImportOptions { Progress = new Reporter(_ => cancel.Cancel()) }, cancel.Token));

        Assert.Null(await test.Store.FindSessionAsync(Session, Ct));
    }

    [Fact]
    public async Task ImportAsync_Folder_IsOnlyRead()
    {
        await using var test = TestStore.Create();
        var before = Snapshot();
        await BaileysImporter.ImportAsync(test.Store, Session, SampleState.Folder, cancellationToken: Ct);
        Assert.Equal(before, Snapshot());

        static List<(string, long, DateTime)> Snapshot() =>
            [.. new DirectoryInfo(SampleState.Folder).EnumerateFileSystemInfos().OrderBy(f => f.Name).Select(f => (f.Name, ((FileInfo)f).Length, f.LastWriteTimeUtc))];
    }

    private static async Task<BaileysFormatReason> ReasonOf(TestStore test, string folder)
    {
        var e = await Assert.ThrowsAsync<BaileysFormatException>(() => BaileysImporter.ImportAsync(test.Store, Session, folder, cancellationToken: Ct));
        Assert.Null(await test.Store.FindSessionAsync(Session, Ct));
        return e.Reason;
    }
}
