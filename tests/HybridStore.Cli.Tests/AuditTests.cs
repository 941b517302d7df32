namespace HybridStore.Cli.Tests;

/// <summary>What the tool does is recorded, and the tool finds out whether the record is what was written.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly Bench _bench = new();

    public AuditTests() => _bench.Environment["HYBRIDSTORE_AUDIT_FILE"] = Trail;

    private string Trail => _bench.PathOf("audit.jsonl");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Commands_ThatExportEraseOrBackUp_AreRecordedAndVerified()
    {
        await _bench.ImportAsync();
        (await _bench.RunAsync("list")).Succeeded();
        (await _bench.RunAsync("export", _bench.PathOf("out"), "--session", Bench.Session)).Succeeded();
        (await _bench.RunAsync("backup", _bench.PathOf("b"), "--all", "--with-keys", _bench.PathOf("k"))).Succeeded();
        Assert.Equal(0, (await _bench.RunAsync("migrate", "--from", $"sqlite:{_bench.Database}", "--to", $"sqlite:{_bench.PathOf("other.db")}")).ExitCode);
        (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Succeeded();

        var verified = (await _bench.RunAsync("audit", "verify", Trail, "--json")).Succeeded().Json;
        Assert.Equal(
            ["file", "intact", "keyed", "lines", "tornLines", "previous", "head", "seconds"],
            verified.EnumerateObject().Select(static p => p.Name));
        Assert.Equal((true, false, 10, 0), (verified.GetProperty("intact").GetBoolean(), verified.GetProperty("keyed").GetBoolean(), verified.GetProperty("lines").GetInt32(), verified.GetProperty("tornLines").GetInt32()));

        var shown = (await _bench.RunAsync("audit", "show", Trail, "--json")).Succeeded().Json.EnumerateArray().ToList();
        Assert.Equal(
            ["sessionImported", "sessionExported", "backupWritten", "sessionsMigrated", "sessionDeleted"],
            shown.Select(static e => e.GetProperty("kind").GetString()).Distinct());
        Assert.Equal(["begun", "done"], shown.Select(static e => e.GetProperty("outcome").GetString()).Distinct());
        Assert.All(shown, e => Assert.Equal($"{Environment.UserName}@{Environment.MachineName}", e.GetProperty("actor").GetString()));
        Assert.Equal(175, shown[3].GetProperty("records").GetInt32());
        Assert.Equal("withDataKeys", shown[4].GetProperty("detail").GetString());
        ToolSecrets.AssertNoneIn(await File.ReadAllTextAsync(Trail, TestContext.Current.CancellationToken), _bench.Environment);
    }

    [Fact]
    public async Task Show_BySessionAndKind_ShowsWhatConcernsThem()
    {
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-8/desk");
        (await _bench.RunAsync("backup", _bench.PathOf("a"), "--tenant", "clinic-7")).Succeeded();
        (await _bench.RunAsync("backup", _bench.PathOf("b"), "--all")).Succeeded();

        var run = (await _bench.RunAsync("audit", "show", Trail, "--session", "clinic-8/desk")).Succeeded();

        Assert.Equal(["sessionImported", "sessionImported", "backupWritten", "backupWritten"], run.Lines.Select(static l => l.Split('\t')[4]));
        Assert.Contains("\tbegun\tclinic-8/desk\t", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("sessions 2, records 350", run.Lines[3], StringComparison.Ordinal);
        Assert.Equal(4, (await _bench.RunAsync("audit", "show", Trail, "--kind", "backupWritten")).Succeeded().Lines.Count);
        (await _bench.RunAsync("audit", "show", Trail, "--kind", "nothing")).Failed(2, "sessionExported");
        (await _bench.RunAsync("audit", "show", Trail, "--tenant", "clinic-7")).Failed(2, "--session");
    }

    [Fact]
    public async Task Verify_LineRemoved_FailsAndNamesTheLine()
    {
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-8/desk");
        var lines = await LinesAsync();
        await PutAsync([lines[0], .. lines[2..]]);

        var run = (await _bench.RunAsync("audit", "verify", Trail, "--json")).Failed(1, Trail, "Line 2 has the number 3");

        Assert.Equal(("missing", 2, false), (run.Json.GetProperty("fault").GetString(), run.Json.GetProperty("line").GetInt32(), run.Json.GetProperty("intact").GetBoolean()));
    }

    [Fact]
    public async Task Verify_EndCutOff_FailsWithTheHeadThatWasKept()
    {
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-8/desk");
        var head = (await _bench.RunAsync("audit", "verify", Trail)).Succeeded().Lines[1]["head ".Length..];
        Assert.Contains("in line 4", (await _bench.RunAsync("audit", "verify", Trail, "--head", head)).Succeeded().Lines[0], StringComparison.Ordinal);
        await PutAsync((await LinesAsync())[..2]);

        (await _bench.RunAsync("audit", "verify", Trail)).Succeeded();
        (await _bench.RunAsync("audit", "verify", Trail, "--head", head)).Failed(1, head, "cut off");
        (await _bench.RunAsync("audit", "verify", Trail, "--head", "abc")).Failed(2, "--head");
    }

    [Fact]
    public async Task Verify_WithAKey_NeedsIt()
    {
        _bench.Environment["HYBRIDSTORE_AUDIT_KEY"] = Bench.NewKey();
        await _bench.ImportAsync();
        var run = (await _bench.RunAsync("audit", "verify", Trail, "--json")).Succeeded();
        Assert.True(run.Json.GetProperty("keyed").GetBoolean());

        _bench.Environment["HYBRIDSTORE_AUDIT_KEY"] = Bench.NewKey();
        Assert.Equal("wrongKey", (await _bench.RunAsync("audit", "verify", Trail, "--json")).Failed(1, "another key").Json.GetProperty("fault").GetString());
        (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Failed(1, "begin a new file");
        _bench.Environment["HYBRIDSTORE_AUDIT_KEY"] = "no key at all";
        (await _bench.RunAsync("audit", "verify", Trail)).Failed(2, "HYBRIDSTORE_AUDIT_KEY");
        (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Failed(2, "HYBRIDSTORE_AUDIT_KEY");
    }

    [Fact]
    public async Task Command_ThatCantBeRecorded_DoesNothing()
    {
        await _bench.ImportAsync();
        _bench.Environment["HYBRIDSTORE_AUDIT_FILE"] = _bench.PathOf("missing/audit.jsonl");

        var run = (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes", "--json")).Failed(1, "sessionDeleted of session clinic-7/reception was refused", "missing");

        Assert.Equal(("auditTrail", _bench.PathOf("missing/audit.jsonl")), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("file").GetString()));
        (await _bench.RunAsync("export", _bench.PathOf("out"), "--session", Bench.Session)).Failed(1, "sessionExported");
        Assert.False(Directory.Exists(_bench.PathOf("out")));
        (await _bench.RunAsync("show", "--session", Bench.Session)).Succeeded();
        (await _bench.RunAsync("audit", "verify", _bench.PathOf("none"))).Failed(1, "none");
    }

    /// <summary>Real processes on one real file.</summary>
    [Fact]
    public async Task Processes_AtOnce_ShareTheFile()
    {
        await _bench.ImportAsync();

        foreach (var run in await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ToolRun.StartAsync(["export", _bench.PathOf($"out-{i}"), "--session", Bench.Session], _bench.Environment))))
            run.Succeeded();

        Assert.Contains("10 lines, intact", (await _bench.RunAsync("audit", "verify", Trail)).Succeeded().Out, StringComparison.Ordinal);
        Assert.Equal(5, (await LinesAsync()).Select(static l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("process").GetInt32()).Distinct().Count());
    }

    private Task<string[]> LinesAsync() => File.ReadAllLinesAsync(Trail, TestContext.Current.CancellationToken);

    private Task PutAsync(IEnumerable<string> lines) => File.WriteAllTextAsync(Trail, string.Concat(lines.Select(static l => l + "\n")), TestContext.Current.CancellationToken);
}
