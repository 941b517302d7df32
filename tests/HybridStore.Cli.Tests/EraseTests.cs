namespace HybridStore.Cli.Tests;

public sealed class EraseTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Erase_Session_IsGoneWithItsBackupAndSaysWhatMayOutliveIt()
    {
        await _bench.ImportAsync();
        (await _bench.RunAsync("backup", _bench.PathOf("b"), "--session", Bench.Session)).Succeeded();
        _bench.Environment["HYBRIDSTORE_KEY_BACKUPS_KEPT_FOR"] = "30.00:00:00";

        (await _bench.RunAsync("erase", "--session", Bench.Session)).Failed(2, "--yes");
        var json = (await _bench.RunAsync("erase", "--session", Bench.Session, "--yes", "--json")).Succeeded().Json;

        var erased = Assert.Single(json.GetProperty("sessions").EnumerateArray());
        Assert.Equal(("clinic-7", "reception", true, true), (erased.GetProperty("tenant").GetString(), erased.GetProperty("session").GetString(), erased.GetProperty("existed").GetBoolean(), erased.GetProperty("complete").GetBoolean()));
        Assert.Equal((175, 1), (erased.GetProperty("records").GetInt32(), erased.GetProperty("dataKeys").GetInt32()));
        Assert.All(erased.GetProperty("places").EnumerateArray(), p => Assert.Equal("erased", p.GetProperty("outcome").GetString()));
        var keys = Assert.Single(json.GetProperty("remaining").EnumerateArray(), c => c.GetProperty("kind").GetString() == "keyBackup");
        Assert.Equal(erased.GetProperty("erasedAt").GetDateTimeOffset().AddDays(30), keys.GetProperty("until").GetDateTimeOffset());
        (await _bench.RunAsync("restore", _bench.PathOf("b"))).Failed(1, "key");

        var again = (await _bench.RunAsync("erase", "--session", Bench.Session, "--yes", "--json")).Succeeded().Json;
        Assert.False(Assert.Single(again.GetProperty("sessions").EnumerateArray()).GetProperty("existed").GetBoolean());
    }

    [Fact]
    public async Task Erase_Tenant_LeavesTheOthers()
    {
        foreach (var session in (string[])["clinic-7/a", "clinic-7/b", "clinic-8/a"])
            await _bench.ImportAsync(session);

        var run = (await _bench.RunAsync("erase", "--tenant", "clinic-7", "--yes")).Succeeded();

        Assert.Contains("erased 2 sessions of clinic-7: 350 records", run.Out, StringComparison.Ordinal);
        Assert.Contains("what may outlive it:\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("clinic-8", Assert.Single((await _bench.RunAsync("list")).Succeeded().Lines, l => l.StartsWith("clinic", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Tenant_MakesAFolderOfEachSessionAndAListOfThem()
    {
        await _bench.ImportAsync("clinic-7/a");
        await _bench.ImportAsync("clinic-7/../B é");
        await _bench.ImportAsync("clinic-8/a");

        var json = (await _bench.RunAsync("export", _bench.PathOf("out"), "--tenant", "clinic-7", "--json")).Succeeded().Json;

        Assert.Equal(2, json.GetProperty("exported").GetInt32());
        Assert.Equal(["%2e.%2f%42%20%c3%a9", "a", "sessions.json"], Directory.EnumerateFileSystemEntries(_bench.PathOf("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var folder in Directory.EnumerateDirectories(_bench.PathOf("out")))
        {
            Assert.Equal(175, Directory.EnumerateFiles(folder).Count());
            foreach (var file in Directory.EnumerateFiles(Bench.AuthInfo))
                Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Join(folder, Path.GetFileName(file)), TestContext.Current.CancellationToken));
        }

        (await _bench.RunAsync("export", _bench.PathOf("none"), "--tenant", "nobody")).Failed(1, "nobody");
        Assert.False(Directory.Exists(_bench.PathOf("none")));
        (await _bench.RunAsync("export", _bench.PathOf("none"))).Failed(2, "--tenant");
    }
}
