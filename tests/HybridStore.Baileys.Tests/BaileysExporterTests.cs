using System.Runtime.Versioning;
using System.Text;

namespace HybridStore.Baileys.Tests;

public class BaileysExporterTests
{
    private static readonly AuthSessionId Session = new("clinic-7", "reception");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExportAsync_ImportedFolder_IsTheSameByteForByte()
    {
        await using var test = TestStore.Create();
        using var temp = new TempFolder();
        var imported = await BaileysImporter.ImportAsync(test.Store, Session, SampleState.Folder, cancellationToken: Ct);

        var result = await BaileysExporter.ExportAsync(test.Store, Session, temp["auth_info"], cancellationToken: Ct);

        Assert.Equal(temp["auth_info"], result.Directory);
        Assert.Equal(imported.Session, result.Session);
        Assert.Equal(imported.Types, result.Types);
        AssertSameFiles(SampleState.Folder, temp["auth_info"]);
        Assert.Equal([temp["auth_info"]], Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_AnyRecords_ComeBackByAnImport()
    {
        await using var test = TestStore.Create();
        using var temp = new TempFolder();
        AuthKey[] keys =
        [
            new("sender-key", "5511-14@g.us::111_1::3"), new("app-state-sync-key", "a/+=".Replace("=", "b=", StringComparison.Ordinal)), new("tctoken", "__index"),
            new("tctoken", "55:3@s.whatsapp.net"), new("session", "5511_128.99"), new("foo-bar", "5511-9@x"), new("lid-mapping", "1_reverse"),
        ];
        var patch = WithCreds();
        foreach (var key in keys)
            patch.Set(key, BufferJson.Encode([1, 2]));
        await test.Store.CommitAsync(Session, patch, Ct);

        await BaileysExporter.ExportAsync(test.Store, Session, temp["out"], cancellationToken: Ct);
        var copy = new AuthSessionId("clinic-7", "copy");
        await BaileysImporter.ImportAsync(test.Store, copy, temp["out"], cancellationToken: Ct);

        var records = await test.Store.EnumerateAsync(copy, null, Ct).Select(r => r.Key).ToListAsync(Ct);
        Assert.Equal(keys.Append(AuthKey.Creds).ToHashSet(), records.ToHashSet());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task ExportAsync_OnUnix_IsForTheOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no such modes.");
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        Directory.CreateDirectory(temp["out"], (UnixFileMode)0b111_111_111);

        await BaileysExporter.ExportAsync(test.Store, Session, temp["out"], cancellationToken: Ct);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(temp["out"]));
        foreach (var file in Directory.EnumerateFiles(temp["out"]))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task ExportAsync_EmptyFolderOrTrailingSeparatorOrLink_IsTaken()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        await BaileysExporter.ExportAsync(test.Store, Session, temp["a"] + Path.DirectorySeparatorChar, cancellationToken: Ct);
        Directory.CreateDirectory(temp["b"]);
        await BaileysExporter.ExportAsync(test.Store, Session, temp["b"], cancellationToken: Ct);
        AssertSameFiles(temp["a"], temp["b"]);
        if (OperatingSystem.IsWindows())
            return;

        Directory.CreateDirectory(temp["c"]);
        Directory.CreateSymbolicLink(temp["link"], temp["c"]);
        await BaileysExporter.ExportAsync(test.Store, Session, temp["link"], cancellationToken: Ct);
        AssertSameFiles(temp["a"], temp["c"]);
        Assert.NotNull(new DirectoryInfo(temp["link"]).LinkTarget);
    }

    [Fact]
    public async Task ExportAsync_FolderInUse_IsRefusedAndUntouched()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder().Write("file", "x");
        Directory.CreateDirectory(temp["used"]);
        temp.Write(Path.Join("used", ".hidden"), "x");

        Assert.Equal(BaileysFormatReason.FolderNotEmpty, (await FailAsync(test.Store, temp["used"])).Reason);
        Assert.Equal(BaileysFormatReason.FolderNotEmpty, (await FailAsync(test.Store, temp["file"])).Reason);
        Assert.Equal(BaileysFormatReason.FolderMissing, (await FailAsync(test.Store, Path.Join(temp["none"], "out"))).Reason);
        Assert.Equal(["file", "used"], Directory.GetFileSystemEntries(temp.Path).Select(p => Path.GetFileName(p)).Order());
        Assert.Equal([".hidden"], Directory.GetFileSystemEntries(temp["used"]).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public async Task ExportAsync_NoSession_IsNamed()
    {
        await using var test = TestStore.Create();
        using var temp = new TempFolder();
        var e = await Assert.ThrowsAsync<SessionNotFoundException>(() => BaileysExporter.ExportAsync(test.Store, Session, temp["out"], cancellationToken: Ct));
        Assert.Equal(Session, e.Session);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    public static TheoryData<string, string, string, BaileysFormatReason> BadRecords => new()
    {
        { "foo", new string('x', 300), "{}", BaileysFormatReason.NameTooLong },
        { "foo", new string('é', 124), "{}", BaileysFormatReason.NameTooLong },
        { "creds", "second", "{}", BaileysFormatReason.NameInvalid },
        { "pre-key", "1", "raw", BaileysFormatReason.InvalidJson },
        { "pre-key", "1", "", BaileysFormatReason.TruncatedJson },
        { "pre-key", "1", "{", BaileysFormatReason.TruncatedJson },
        { "pre-key", "1", "\uFEFF{}", BaileysFormatReason.InvalidJson },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public async Task ExportAsync_RecordThatCanBeNoFile_IsNamedAndNothingIsLeft(string type, string id, string value, BaileysFormatReason reason)
    {
        await using var test = await FilledAsync(p => p.Set(type, id, Encoding.UTF8.GetBytes(value)));
        using var temp = new TempFolder();
        var e = await FailAsync(test.Store, temp["out"]);
        Assert.Equal(reason, e.Reason);
        Assert.Equal(new AuthKey(type, id), e.Key);
        Assert.Equal(Session, e.Session);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_LongestName_IsWritten()
    {
        await using var test = await FilledAsync(p => p.Set("foo", new string('x', 255 - "foo-.json".Length), "{}"u8.ToArray()));
        using var temp = new TempFolder();
        await BaileysExporter.ExportAsync(test.Store, Session, temp["out"], cancellationToken: Ct);
        Assert.Equal(2, Directory.GetFiles(temp["out"]).Length);
    }

    [Theory]
    [InlineData("x", "a:b", "x", "a-b")]
    [InlineData("x", "a/b", "x", "a__b")]
    [InlineData("sender-key", "memory-1", "sender-key-memory", "1")]
    public async Task ExportAsync_TwoRecordsOfOneName_AreNamedAndNothingIsLeft(string type1, string id1, string type2, string id2)
    {
        await using var test = await FilledAsync(p => p.Set(type1, id1, "{}"u8.ToArray()).Set(type2, id2, "{}"u8.ToArray()));
        using var temp = new TempFolder();
        var e = await FailAsync(test.Store, temp["out"]);
        Assert.Equal(BaileysFormatReason.NameCollision, e.Reason);
        Assert.Contains(new AuthKey(type1, id1).ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains(new AuthKey(type2, id2).ToString(), e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_IdsWithTricks_StayInTheFolder()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows refuses some of these names.");
        string[] ids = ["../../../evil", "..\\evil", ".", "..", "-rf", "a\nb", "~", "$(x)"];
        await using var test = await FilledAsync(p => ids.Aggregate(p, (patch, id) => patch.Set("foo", id, "{}"u8.ToArray())));
        using var temp = new TempFolder();
        await BaileysExporter.ExportAsync(test.Store, Session, temp["out"], cancellationToken: Ct);
        Assert.Equal(ids.Length + 1, Directory.GetFiles(temp["out"]).Length);
        Assert.Single(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_NoCreds_IsRefusedUnlessAllowed()
    {
        await using var test = TestStore.Create();
        await test.Store.CommitAsync(Session, new AuthPatch().Set("pre-key", "1", "{}"u8.ToArray()), Ct);
        using var temp = new TempFolder();
        Assert.Equal(BaileysFormatReason.CredsMissing, (await FailAsync(test.Store, temp["out"])).Reason);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
        var result = await BaileysExporter.ExportAsync(test.Store, Session, temp["out"], new BaileysExportOptions { AllowMissingCreds = true }, Ct);
        Assert.Equal(1, result.Records);
    }

    [Fact]
    public async Task ExportAsync_ForeignCreds_AreRefused()
    {
        await using var test = TestStore.Create();
        await test.Store.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, "{}"u8.ToArray()), Ct);
        using var temp = new TempFolder();
        Assert.Equal(BaileysFormatReason.CredsForeign, (await FailAsync(test.Store, temp["out"])).Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ExportAsync_SessionThatChangesAFewTimes_IsExportedAtOneVersion(int times)
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        var store = new ChangingStore(test.Store, times, s => CommitAsync(test.Store, s));

        var result = await BaileysExporter.ExportAsync(store, Session, temp["out"], cancellationToken: Ct);

        Assert.Equal(times + 1, store.Enumerations);
        Assert.Equal(times + 1, result.Session.Version);
        Assert.Equal(times + 1, result.Records);
        Assert.Equal(times + 1, Directory.GetFiles(temp["out"]).Length);
        Assert.Single(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_SessionThatKeepsChanging_IsRefusedAndNothingIsLeft()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        var store = new ChangingStore(test.Store, int.MaxValue, s => CommitAsync(test.Store, s));

        var e = await FailAsync(store, temp["out"]);

        Assert.Equal(BaileysFormatReason.SessionChanging, e.Reason);
        Assert.True(e.IsTransient);
        Assert.Equal(4, store.Enumerations);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_SessionReplacedAtTheSameVersion_IsNotTakenForTheSame()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        var store = new ChangingStore(test.Store, 1, async s =>
        {
            await test.Store.DeleteSessionAsync(s, Ct);
            await test.Store.CommitAsync(s, WithCreds(), Ct);
        });

        var result = await BaileysExporter.ExportAsync(store, Session, temp["out"], cancellationToken: Ct);

        Assert.Equal(2, store.Enumerations);
        Assert.Equal(2, result.Session.Incarnation);
    }

    [Fact]
    public async Task ExportAsync_SessionDeletedMeanwhile_LeavesNothing()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        var store = new ChangingStore(test.Store, 1, async s => await test.Store.DeleteSessionAsync(s, Ct));
        await Assert.ThrowsAsync<SessionNotFoundException>(() => BaileysExporter.ExportAsync(store, Session, temp["out"], cancellationToken: Ct));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_StoreThatFailsInTheMiddle_LeavesNothing()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        var store = new ChangingStore(test.Store, 1, _ => throw new StoreUnavailableException("cold", "down"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => BaileysExporter.ExportAsync(store, Session, temp["out"], cancellationToken: Ct));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_Cancelled_LeavesNothing()
    {
        await using var test = await FilledAsync(p => Enumerable.Range(0, 600).Aggregate(p, (patch, i) => patch.Set("pre-key", $"{i}", "{}"u8.ToArray())));
        using var temp = new TempFolder();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var options = new BaileysExportOptions { Progress = new Reporter(_ => cancel.Cancel()) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BaileysExporter.ExportAsync(test.Store, Session, temp["out"], options, cancel.Token));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task ExportAsync_FolderFilledMeanwhile_IsNotOverwritten()
    {
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        var store = new ChangingStore(test.Store, 1, _ =>
        {
            Directory.CreateDirectory(temp["out"]);
            temp.Write(Path.Join("out", "creds.json"), "other");
            return Task.CompletedTask;
        });
        Assert.Equal(BaileysFormatReason.FolderUnusable, (await FailAsync(store, temp["out"])).Reason);
        Assert.Equal("other", await File.ReadAllTextAsync(Path.Join(temp["out"], "creds.json"), Ct));
        Assert.Single(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task ExportAsync_FolderThatCantBeWritten_IsNamed()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
            Assert.Skip("Everything can be written here.");
        await using var test = await FilledAsync();
        using var temp = new TempFolder();
        File.SetUnixFileMode(temp.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(BaileysFormatReason.FolderUnusable, (await FailAsync(test.Store, temp["out"])).Reason);
        File.SetUnixFileMode(temp.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void AssertSameFiles(string expected, string actual)
    {
        Assert.Equal(
            Directory.EnumerateFileSystemEntries(expected).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Directory.EnumerateFileSystemEntries(actual).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.EnumerateFiles(expected))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Join(actual, Path.GetFileName(file))));
    }

    private static AuthPatch WithCreds() => new AuthPatch().Set(AuthKey.Creds, Encoding.UTF8.GetBytes(TempFolder.Creds));

    private static async Task<TestStore> FilledAsync(Func<AuthPatch, AuthPatch>? more = null)
    {
        var test = TestStore.Create();
        await test.Store.CommitAsync(Session, more?.Invoke(WithCreds()) ?? WithCreds(), Ct);
        return test;
    }

    private static async Task CommitAsync(IAuthStateStore store, AuthSessionId session)
    {
        var version = (await store.FindSessionAsync(session, Ct))!.Version;
        await store.CommitAsync(session, new AuthPatch().Set("pre-key", $"{version}", "{}"u8.ToArray()), Ct);
    }

    private static Task<BaileysFormatException> FailAsync(IAuthStateStore store, string folder) =>
        Assert.ThrowsAsync<BaileysFormatException>(() => BaileysExporter.ExportAsync(store, Session, folder, cancellationToken: Ct));
}
