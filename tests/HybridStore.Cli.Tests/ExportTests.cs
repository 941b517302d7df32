namespace HybridStore.Cli.Tests;

public sealed class ExportTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Export_AfterImport_GivesTheSameFiles()
    {
        await _bench.ImportAsync();
        var folder = _bench.PathOf("exported");

        var run = (await _bench.RunAsync("export", folder, "--session", Bench.Session)).Succeeded();

        Assert.Matches($"^exported clinic-7/reception to {folder}: 175 records, [0-9]+ bytes, [0-9]+\\.[0-9]+ seconds\n$", run.Out);
        var files = Directory.EnumerateFiles(Bench.AuthInfo).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(files, Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in files)
            Assert.Equal(File.ReadAllBytes(Path.Join(Bench.AuthInfo, file)), File.ReadAllBytes(Path.Join(folder, file)));
    }

    [Fact]
    public async Task Export_Json_GivesCountsAndTheFolder()
    {
        await _bench.ImportAsync();
        var folder = _bench.PathOf("exported");

        var json = (await _bench.RunAsync("export", folder, "--session", Bench.Session, "--json")).Succeeded().Json;

        Assert.Equal(
            ["tenant", "session", "incarnation", "version", "directory", "records", "bytes", "types", "seconds"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.Equal((folder, 175), (json.GetProperty("directory").GetString(), json.GetProperty("records").GetInt64()));
    }

    [Fact]
    public async Task Export_FolderWithFiles_FailsAndTouchesNothing()
    {
        await _bench.ImportAsync();
        var folder = _bench.CopyOfAuthInfo();
        File.Delete(Path.Join(folder, "creds.json"));

        (await _bench.RunAsync("export", folder, "--session", Bench.Session)).Failed(1, folder);

        Assert.Equal(174, Directory.EnumerateFiles(folder).Count());
    }

    [Fact]
    public async Task Export_UnknownSession_FailsAndMakesNoFolder()
    {
        await _bench.ImportAsync();
        var folder = _bench.PathOf("exported");

        var run = (await _bench.RunAsync("export", folder, "--session", "clinic-7/nobody", "--json")).Failed(1, "clinic-7/nobody");

        Assert.Equal("sessionNotFound", run.JsonError.GetProperty("type").GetString());
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Export_DamagedRecord_NamesItAndMakesNoFolder()
    {
        await _bench.ImportAsync();
        _bench.FlipByte("creds", "creds");
        var folder = _bench.PathOf("exported");

        var run = (await _bench.RunAsync("export", folder, "--session", Bench.Session, "--json")).Failed(1, "creds/creds");

        Assert.Equal("envelope", run.JsonError.GetProperty("type").GetString());
        Assert.Equal("notAuthentic", run.JsonError.GetProperty("fault").GetString());
        Assert.Equal("creds", run.JsonError.GetProperty("record").GetProperty("id").GetString());
        Assert.False(Directory.Exists(folder));
    }
}
