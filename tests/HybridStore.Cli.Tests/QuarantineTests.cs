using HybridStore.Codec;
using HybridStore.Sqlite;

namespace HybridStore.Cli.Tests;

public sealed class QuarantineTests : IDisposable
{
    private static readonly AuthSessionId Id = new("clinic-7", "reception");
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Quarantine_AReplacedRecord_IsListedExportedAndDiscarded()
    {
        await _bench.ImportAsync();
        _bench.FlipByte("pre-key", "11");
        await ReplaceAsync(new AuthKey("pre-key", "11"));

        Assert.Contains("175 records, 0 damaged, 1 in quarantine", (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded().Out, StringComparison.Ordinal);
        var list = (await _bench.RunAsync("quarantine", "list", "--session", Bench.Session, "--json")).Succeeded().Json;
        var listed = Assert.Single(list.GetProperty("quarantined").EnumerateArray());
        Assert.Equal(("pre-key", "11", "notAuthentic"), (listed.GetProperty("record").GetProperty("type").GetString(), listed.GetProperty("record").GetProperty("id").GetString(), listed.GetProperty("fault").GetString()));
        var id = listed.GetProperty("id").GetString()!;

        var file = _bench.PathOf("envelope.bin");
        (await _bench.RunAsync("quarantine", "export", file, "--id", id, "--session", Bench.Session)).Succeeded();
        Assert.Equal(listed.GetProperty("storedBytes").GetInt64(), new FileInfo(file).Length);
        Assert.Null(EnvelopeHeader.TryRead(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), out _));
        (await _bench.RunAsync("quarantine", "export", file, "--id", id, "--session", Bench.Session)).Failed(1, "envelope.bin");

        (await _bench.RunAsync("quarantine", "discard", "--id", id, "--session", Bench.Session)).Failed(2, "--yes");
        (await _bench.RunAsync("quarantine", "discard", "--id", id, "--session", Bench.Session, "--yes")).Succeeded();
        (await _bench.RunAsync("quarantine", "discard", "--id", id, "--session", Bench.Session, "--yes")).Failed(1, "in quarantine");
        Assert.Equal("clinic-7/reception: 0 in quarantine\n", (await _bench.RunAsync("quarantine", "list", "--session", Bench.Session)).Succeeded().Out);
    }

    private async Task ReplaceAsync(AuthKey key)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = _bench.Environment["HYBRIDSTORE_MASTER_KEY"];
        await using var store = new HybridAuthStore(new SqliteColdTier(new SqliteColdTierOptions { Path = _bench.Database }, TimeProvider.System), hot: null, options);
        await store.CommitAsync(Id, new AuthPatch().Set(key, new byte[] { 1, 2, 3 }).ReplaceDamaged(), TestContext.Current.CancellationToken);
    }
}
