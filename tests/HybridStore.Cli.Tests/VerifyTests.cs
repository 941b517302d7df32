namespace HybridStore.Cli.Tests;

public sealed class VerifyTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Verify_Intact_SaysSo()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();

        Assert.Matches("^verified clinic-7/reception: 175 records, 0 damaged, [0-9]+ stored bytes, [0-9]+\\.[0-9]+ seconds\n$", run.Out);
    }

    [Fact]
    public async Task Verify_IntactJson_HasAnEmptyList()
    {
        await _bench.ImportAsync();

        var json = (await _bench.RunAsync("verify", "--session", Bench.Session, "--json")).Succeeded().Json;

        Assert.Equal(
            ["notOpened", "tenant", "session", "intact", "records", "damagedRecords", "lockedRecords", "quarantinedRecords", "faults", "storedBytes", "seconds"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.True(json.GetProperty("intact").GetBoolean());
        Assert.Empty(json.GetProperty("notOpened").EnumerateArray());
    }

    [Fact]
    public async Task Verify_ByteFlipped_FailsAndNamesTheRecord()
    {
        await _bench.ImportAsync();
        _bench.FlipByte("creds", "creds");

        var run = (await _bench.RunAsync("verify", "--session", Bench.Session)).Failed(1, "1 of its 175 records");

        Assert.StartsWith("creds\tcreds\tnotAuthentic\t", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("175 records, 1 damaged", run.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EnvelopeOfAnotherRecord_FailsAndNamesTheRecord()
    {
        await _bench.ImportAsync();
        _bench.Sql("""
            UPDATE record SET envelope = (SELECT envelope FROM record WHERE type = 'pre-key' ORDER BY id DESC LIMIT 1)
            WHERE type = 'pre-key' AND id = (SELECT min(id) FROM record WHERE type = 'pre-key')
            """);

        var run = (await _bench.RunAsync("verify", "--session", Bench.Session, "--json")).Failed(1, "1 of its 175 records");

        var damaged = Assert.Single(run.Json.GetProperty("notOpened").EnumerateArray());
        Assert.Equal("pre-key", damaged.GetProperty("type").GetString());
        Assert.Equal("notAuthentic", damaged.GetProperty("fault").GetString());
        Assert.Equal(["type", "id", "version", "storedBytes", "fault", "damaged", "message"], damaged.EnumerateObject().Select(p => p.Name));
        Assert.False(run.Json.GetProperty("intact").GetBoolean());
        Assert.Equal(1, run.Json.GetProperty("damagedRecords").GetInt64());
        var fault = Assert.Single(run.Json.GetProperty("faults").EnumerateArray());
        Assert.Equal(("notAuthentic", 1L), (fault.GetProperty("fault").GetString(), fault.GetProperty("records").GetInt64()));
    }

    [Fact]
    public async Task Verify_ManyDamaged_NamesEach()
    {
        await _bench.ImportAsync();
        _bench.Sql("UPDATE record SET envelope = substr(envelope, 1, 9) WHERE type = 'session'");
        _bench.Sql("UPDATE record SET envelope = x'00' WHERE type = 'creds'");

        var run = (await _bench.RunAsync("verify", "--session", Bench.Session)).Failed(1);

        var sessions = Directory.EnumerateFiles(Bench.AuthInfo, "session-*").Count();
        Assert.Equal(sessions, run.Lines.Count(l => l.StartsWith("session\t", StringComparison.Ordinal)));
        Assert.Single(run.Lines, l => l.StartsWith("creds\tcreds\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_UnknownSession_Fails()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("verify", "--session", "clinic-7/nobody", "--json")).Failed(1, "clinic-7/nobody does not exist");

        Assert.Equal("sessionNotFound", run.JsonError.GetProperty("type").GetString());
    }
}
