using System.Runtime.InteropServices;

namespace HybridStore.Cli.Tests;

public sealed partial class ImportTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Import_Folder_CreatesTheSessionAndSaysHowMuch()
    {
        var run = (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session)).Succeeded();

        var bytes = Directory.EnumerateFiles(Bench.AuthInfo).Sum(f => new FileInfo(f).Length);
        Assert.Matches($"^imported into clinic-7/reception: 175 records, {bytes} bytes, [0-9]+\\.[0-9]+ seconds\n$", run.Out);
        Assert.Single((await _bench.RunAsync("list")).Succeeded().Lines);
    }

    [Fact]
    public async Task Import_Json_GivesCountsByType()
    {
        var json = (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--json")).Succeeded().Json;

        Assert.Equal(
            ["tenant", "session", "dryRun", "incarnation", "version", "records", "bytes", "rewrittenRecords", "ignored", "leftOut", "types", "seconds"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("clinic-7", "reception"), (json.GetProperty("tenant").GetString(), json.GetProperty("session").GetString()));
        Assert.Equal((1, 175), (json.GetProperty("version").GetInt64(), json.GetProperty("records").GetInt64()));
        var creds = json.GetProperty("types").EnumerateArray().Single(t => t.GetProperty("type").GetString() == "creds");
        Assert.Equal(1, creds.GetProperty("records").GetInt64());
        Assert.Equal(new FileInfo(Path.Join(Bench.AuthInfo, "creds.json")).Length, creds.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Import_ColdOption_GoesOverTheEnvironment()
    {
        var other = _bench.PathOf("other.db");

        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--cold", $"sqlite:{other}")).Succeeded();

        Assert.True(File.Exists(other));
        Assert.False(File.Exists(_bench.Database));
    }

    [Fact]
    public async Task Import_DryRun_CountsAndCreatesNothing()
    {
        var run = (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--dry-run")).Succeeded();

        Assert.StartsWith("would import into clinic-7/reception: 175 records, ", run.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Folder));
    }

    [Fact]
    public async Task Import_DryRunOverASession_FailsAsTheImportWould()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--dry-run")).Failed(1, "clinic-7/reception exists");
    }

    [Fact]
    public async Task Import_DryRunIntoAMissingFolder_Fails()
    {
        var path = _bench.PathOf("nowhere/auth.db");

        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--dry-run", "--cold", $"sqlite:{path}")).Failed(1, path);
    }

    [Fact]
    public async Task Import_Twice_FailsAndLeavesTheFirst()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--json")).Failed(1, "clinic-7/reception exists");

        Assert.Equal("sessionExists", run.JsonError.GetProperty("type").GetString());
        Assert.Equal("clinic-7", run.JsonError.GetProperty("tenant").GetString());
        Assert.Equal(1, (await _bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Import_CorruptFile_NamesItAndImportsNothing()
    {
        var folder = _bench.CopyOfAuthInfo();
        var victim = Directory.EnumerateFiles(folder, "session-*.json").Order(StringComparer.Ordinal).First();
        await File.WriteAllTextAsync(victim, """{"_sessions":{"x":""", TestContext.Current.CancellationToken);

        var run = (await _bench.RunAsync("import", folder, "--session", Bench.Session, "--json")).Failed(1, Path.GetFileName(victim));

        Assert.Equal("baileysFormat", run.JsonError.GetProperty("type").GetString());
        Assert.Equal("truncatedJson", run.JsonError.GetProperty("fault").GetString());
        Assert.Equal(Path.GetFileName(victim), run.JsonError.GetProperty("file").GetString());
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
    }

    [Fact]
    public async Task Import_MissingFolder_IsNamed()
    {
        var folder = _bench.PathOf("no-such-folder");

        (await _bench.RunAsync("import", folder, "--session", Bench.Session)).Failed(1, folder);
    }

    [Fact]
    public async Task Import_MissingFolderOfTheDatabase_IsNamed()
    {
        var path = _bench.PathOf("nowhere/auth.db");

        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session, "--cold", $"sqlite:{path}")).Failed(1, path);
    }

    [Fact]
    public async Task Import_OtherFiles_AreIgnoredAndSaid()
    {
        var folder = _bench.CopyOfAuthInfo();
        await File.WriteAllTextAsync(Path.Join(folder, "notes.txt"), "mine", TestContext.Current.CancellationToken);

        var run = (await _bench.RunAsync("import", folder, "--session", Bench.Session)).Succeeded();

        Assert.Equal("ignored, for they are no records: notes.txt", run.Lines[0]);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Import_Interrupted_LeavesNothing(string signal)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Signals are sent as Unix does.");
        Assert.SkipWhen(signal == "INT" && IgnoresInterrupts(), "Whoever started the tests has its programs ignore SIGINT, as a shell does for those in the background.");
        var folder = _bench.CopyOfAuthInfo();
        for (var i = 0; i < 20_000; i++)
            await File.WriteAllTextAsync(Path.Join(folder, $"lid-mapping-{i}.json"), "\"5511999990000\"", TestContext.Current.CancellationToken);

        var run = await ToolRun.StartAsync(["import", folder, "--session", Bench.Session], _bench.Environment, async tool =>
        {
            // The database appears when the import begins.
            while (!File.Exists(_bench.Database) && !tool.HasExited)
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            Assert.Equal(0, Kill(tool.Id, signal == "INT" ? 2 : 15));
        });

        run.Failed(130, "Cancelled. Nothing was changed.");
        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
        await _bench.ImportAsync();
    }

    // proc(5): a mask in hexadecimal, of which the second bit is signal 2.
    private static bool IgnoresInterrupts() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } mask
        && (Convert.ToUInt64(mask["SigIgn:".Length..].Trim(), 16) & 2) != 0;

    // Itself and not by a program: on a busy machine, the import would be over before that one had started.
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
