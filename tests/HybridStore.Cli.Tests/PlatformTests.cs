namespace HybridStore.Cli.Tests;

public sealed class PlatformTests : IDisposable
{
    private readonly Bench _bench = new() { StartsProcesses = true };

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Run_PlatformNamesTheDatabase_ItIsOpened()
    {
        _bench.Environment["DATABASE_URL"] = _bench.Environment["HYBRIDSTORE_COLD"];
        _bench.Environment.Remove("HYBRIDSTORE_COLD");

        await _bench.ImportAsync();

        Assert.True(File.Exists(_bench.Database));
    }

    [Fact]
    public async Task Run_PlatformNamesTwo_FailsAndNamesBoth()
    {
        _bench.Environment.Remove("HYBRIDSTORE_COLD");
        _bench.Environment["DATABASE_URL"] = "postgres://u:secret@host/db";
        _bench.Environment["MONGODB_URL"] = "mongodb://u:secret@host/db";

        var run = (await _bench.RunAsync("list")).Failed(2, "MONGODB_URL and DATABASE_URL are both set");

        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PlatformNamesAStoreThatTheToolLacks_FailsAndNamesTheVariable()
    {
        _bench.Environment.Remove("HYBRIDSTORE_COLD");
        _bench.Environment["DATABASE_URL"] = "mysql://u:secret@host/db";

        var run = (await _bench.RunAsync("list")).Failed(2, "DATABASE_URL", "'mysql'");

        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }
}
