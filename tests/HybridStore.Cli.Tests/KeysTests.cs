namespace HybridStore.Cli.Tests;

/// <summary>The commands about keys: they change keys, and what is under them is read as before.</summary>
public sealed class KeysTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Rotate_OneConfiguredKey_SaysWhatToDoAndAfterThatDoesIt()
    {
        await _bench.ImportAsync();
        var old = _bench.Environment["HYBRIDSTORE_MASTER_KEY"]!;
        (await _bench.RunAsync("keys", "rotate")).Failed(2, "HYBRIDSTORE_PREVIOUS_MASTER_KEYS", "keygen", "HYBRIDSTORE_KEY_RING");

        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = Bench.NewKey();
        _bench.Environment["HYBRIDSTORE_PREVIOUS_MASTER_KEYS"] = old;
        var run = (await _bench.RunAsync("keys", "rotate", "--json")).Succeeded();

        Assert.Equal((1, 1, 0), (Number(run, "sessions"), Number(run, "changed"), Number(run, "failed")));
        Assert.DoesNotContain(old, run.Out, StringComparison.Ordinal);
        _bench.Environment.Remove("HYBRIDSTORE_PREVIOUS_MASTER_KEYS");
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    [Fact]
    public async Task Ring_ListRotateReencryptRevoke_KeepTheSessionReadable()
    {
        _bench.Environment["HYBRIDSTORE_KEY_RING"] = "true";
        await _bench.ImportAsync();
        var first = Assert.Single(await ListAsync(), static k => k.State == "active").Id;

        var rotated = (await _bench.RunAsync("keys", "rotate", "--json")).Succeeded();
        Assert.Equal(1, Number(rotated, "changed"));
        var list = await ListAsync();
        Assert.Equal((rotated.Json.GetProperty("masterKey").GetString(), "active", 1L), (list[0].Id, list[0].State, list[0].DataKeys));
        Assert.Equal((first, "decryptOnly", 0L), (list[1].Id, list[1].State, list[1].DataKeys));

        (await _bench.RunAsync("keys", "revoke", first)).Failed(2, "--yes");
        Assert.Contains("revoked", (await _bench.RunAsync("keys", "revoke", first, "--yes")).Succeeded().Out, StringComparison.Ordinal);
        (await _bench.RunAsync("keys", "revoke", list[0].Id, "--yes")).Failed(1, "active");
        (await _bench.RunAsync("keys", "delete", first, "--yes")).Failed(1, "may be in use");

        var reencrypted = (await _bench.RunAsync("keys", "reencrypt", "--new-keys", "--session", Bench.Session, "--json")).Succeeded();
        Assert.True(Number(reencrypted, "changed") > 100);
        Assert.Equal(0, Number((await _bench.RunAsync("keys", "reencrypt", "--json")).Succeeded(), "changed"));
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    /// <summary>Real processes on one real file: each makes a key or finds another's, and nothing is lost.</summary>
    [Fact]
    public async Task Rotate_ProcessesAtOnce_LeaveOneActiveKeyAndEverySessionReadable()
    {
        _bench.Environment["HYBRIDSTORE_KEY_RING"] = "true";
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-7/surgery");

        foreach (var run in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _bench.RunAsync("keys", "rotate", "--json"))))
            Assert.Equal(0, Number(run.Succeeded(), "failed"));

        (await _bench.RunAsync("keys", "rotate", "--rewrap-only")).Succeeded();
        var list = (await ListAsync()).Where(static k => k.DataKeys > 0 || k.State != "decryptOnly").ToList();
        Assert.Equal(("active", 2L), (Assert.Single(list).State, list[0].DataKeys));
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
        (await _bench.RunAsync("verify", "--session", "clinic-7/surgery")).Succeeded();
    }

    [Fact]
    public async Task MasterKeyFile_ReadableByOthers_IsRefusedByName()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var path = _bench.PathOf("key");
        await File.WriteAllTextAsync(path, _bench.Environment["HYBRIDSTORE_MASTER_KEY"], TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = null;
        _bench.Environment["HYBRIDSTORE_MASTER_KEY_FILE"] = path;

        (await _bench.RunAsync("import", Bench.AuthInfo, "--session", Bench.Session)).Failed(2, path, "chmod 600");

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await _bench.ImportAsync();
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    private static long Number(ToolRun run, string name) => run.Json.GetProperty(name).GetInt64();

    private async Task<List<(string Id, string State, long DataKeys)>> ListAsync() =>
    [
        .. (await _bench.RunAsync("keys", "list", "--count", "--json")).Succeeded().Json.EnumerateArray()
            .Select(static k => (k.GetProperty("id").GetString()!, k.GetProperty("state").GetString()!, k.GetProperty("dataKeys").GetInt64())),
    ];
}
