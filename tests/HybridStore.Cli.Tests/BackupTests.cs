namespace HybridStore.Cli.Tests;

public sealed class BackupTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    private string File => _bench.PathOf("all.backup");

    private string Keys => _bench.PathOf("all.keys");

    [Fact]
    public async Task Restore_IntoAnotherDatabase_OpensThereAndSaysWhatItLeftOut()
    {
        await _bench.ImportAsync();
        var backup = (await _bench.RunAsync("backup", File, "--all", "--with-keys", Keys, "--json")).Succeeded().Json;
        Assert.Equal((1, 0, 175), (backup.GetProperty("written").GetInt32(), backup.GetProperty("leftOut").GetInt32(), backup.GetProperty("records").GetInt32()));
        _bench.Environment["HYBRIDSTORE_COLD"] = $"sqlite:{_bench.PathOf("other.db")}";

        var restore = (await _bench.RunAsync("restore", File, "--keys", Keys, "--json")).Succeeded().Json;

        var session = Assert.Single(restore.GetProperty("sessions").EnumerateArray());
        Assert.Equal(("clinic-7", "reception", "restored"), (session.GetProperty("tenant").GetString(), session.GetProperty("session").GetString(), session.GetProperty("outcome").GetString()));
        Assert.Equal(175, restore.GetProperty("records").GetInt32() + restore.GetProperty("dropped").GetInt32());
        Assert.True(restore.GetProperty("dropped").GetInt32() > 0);
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    [Fact]
    public async Task Restore_SessionExists_NeedsReplace()
    {
        await _bench.ImportAsync();
        var run = (await _bench.RunAsync("backup", File, "--session", Bench.Session)).Succeeded();
        Assert.Contains("without their data keys", run.Out, StringComparison.Ordinal);
        (await _bench.RunAsync("restore", File)).Failed(1, "clinic-7/reception exists");

        run = (await _bench.RunAsync("restore", File, "--replace")).Succeeded();

        Assert.StartsWith("clinic-7\treception\treplaced\t", run.Out, StringComparison.Ordinal);
        Assert.True((await _bench.RunAsync("show", "--session", Bench.Session, "--json")).Json.GetProperty("version").GetInt64() > 1L << 32);
    }

    [Fact]
    public async Task Restore_DamagedFile_FailsAndSaysSo()
    {
        await _bench.ImportAsync();
        (await _bench.RunAsync("backup", File, "--tenant", "clinic-7", "--with-keys", Keys)).Succeeded();
        var bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File, bytes, TestContext.Current.CancellationToken);

        var run = (await _bench.RunAsync("restore", File, "--replace", "--json")).Failed(1, "is damaged", "Nothing was changed");

        Assert.Equal(("backup", "damaged", File), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("fault").GetString(), run.JsonError.GetProperty("file").GetString()));
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    [Theory]
    [InlineData("backup", "f")]
    [InlineData("backup", "f", "--all", "--tenant", "t")]
    [InlineData("backup", "f", "--session", "no-slash")]
    [InlineData("backup", "f", "--all", "--with-keys", "f")]
    [InlineData("backup", "--all")]
    [InlineData("restore", "f", "--tenant", "t")]
    [InlineData("restore")]
    public async Task Run_ArgumentsThatCanNotBe_AreRefused(params string[] arguments) => (await _bench.RunAsync(arguments)).Failed(2);

    [Fact]
    public async Task Backup_FileExists_IsLeftAsItIs()
    {
        await _bench.ImportAsync();
        await System.IO.File.WriteAllTextAsync(File, "mine", TestContext.Current.CancellationToken);

        (await _bench.RunAsync("backup", File, "--all")).Failed(1, "never written over");

        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }
}
