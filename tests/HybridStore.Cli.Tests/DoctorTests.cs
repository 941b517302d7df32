using HybridStore.Cli.Doctor;

namespace HybridStore.Cli.Tests;

/// <summary>What the doctor finds in a store without a hot tier that queues: each state is made for real, and each way out taken by the command that it printed.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Doctor_NothingIsWrong_SaysHealthy()
    {
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-8/surgery");

        Assert.Equal("healthy: 2 sessions, nothing found\n", (await _bench.RunAsync("doctor", "--all")).Succeeded().Out);
        Assert.Equal(1, (await _bench.RunAsync("doctor", "--tenant", "clinic-8", "--json")).Succeeded().Json.GetProperty("sessions").GetInt32());
        await _bench.IsHealthyAsync();
    }

    [Fact]
    public async Task Doctor_WithoutSayingWhichSessionsOrOfNone_Fails()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("doctor")).Failed(2, "--session", "--tenant", "--all");
        (await _bench.RunAsync("doctor", "--all", "--tenant", "clinic-7")).Failed(2, "one or the other");
        (await _bench.RunAsync("doctor", "--session", "clinic-7/nobody")).Failed(1, "clinic-7/nobody does not exist");
    }

    [Fact]
    public async Task RecordDamaged_TakenOut_IsInQuarantineAndThenGone()
    {
        await _bench.ImportAsync();
        _bench.FlipByte("pre-key", "11");
        Assert.Equal(["recordsDamaged"], await _bench.DiagnoseAsync(DoctorBench.Waits));
        await _bench.IsHealthyAsync(Bench.Session, "--quick");

        await _bench.TakeAsync("quarantine add");
        Assert.Equal(["recordsQuarantined"], await _bench.DiagnoseAsync(0));
        Assert.Contains("1 in quarantine", (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded().Out, StringComparison.Ordinal);

        await _bench.TakeAsync("quarantine list");
        await _bench.TakeAsync("quarantine discard");
        await _bench.IsHealthyAsync();
    }

    [Fact]
    public async Task QuarantineAdd_ARecordThatOpensOrCredentials_LeavesThemAlone()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("quarantine", "add", "--type", "pre-key", "--id", "11", "--session", Bench.Session, "--yes")).Failed(1, "opens", "Nothing was changed");
        (await _bench.RunAsync("quarantine", "add", "--type", "pre-key", "--id", "nobody", "--session", Bench.Session, "--yes")).Failed(1, "does not exist");
        (await _bench.RunAsync("quarantine", "add", "--type", "creds", "--id", "creds", "--session", Bench.Session, "--yes")).Failed(2, "credentials");
        (await _bench.RunAsync("quarantine", "add", "--type", "pre-key", "--id", "11", "--session", Bench.Session)).Failed(2, "--yes");
        (await _bench.RunAsync("quarantine", "add", "--type", "pre-key", "--id", "11", "--session", "clinic-7/nobody", "--yes")).Failed(1, "clinic-7/nobody");
        Assert.Contains("175 records, 0 damaged", (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CredentialsDamaged_RestoredFromABackup_AreThereAgain()
    {
        await _bench.ImportAsync();
        var file = _bench.PathOf("backup");
        (await _bench.RunAsync("backup", file, "--all")).Succeeded();
        _bench.FlipByte("creds", "creds");
        Assert.Equal(["recordsDamaged"], await _bench.DiagnoseAsync(DoctorBench.Waits));

        await _bench.TakeAsync("restore", ("FILE", file));
        Assert.Equal(["rolledBack"], await _bench.DiagnoseAsync(DoctorBench.Waits));
        await _bench.TakeAsync("acknowledge");

        await _bench.IsHealthyAsync();
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    [Fact]
    public async Task RolledBack_BegunAnew_IsGone()
    {
        await _bench.ImportAsync();
        (await _bench.RunAsync("outbox", "abandon", "--session", Bench.Session, "--yes", "--hot", "none")).Succeeded();
        Assert.Equal(["rolledBack"], await _bench.DiagnoseAsync(DoctorBench.Waits));

        await _bench.TakeAsync("delete");

        (await _bench.RunAsync("doctor", "--all")).Succeeded();
    }

    [Fact]
    public async Task Acknowledge_WhereNothingIsMarkedOrNobody_SaysSo()
    {
        await _bench.ImportAsync();

        Assert.Contains("was not marked", (await _bench.RunAsync("acknowledge", "--session", Bench.Session, "--yes")).Succeeded().Out, StringComparison.Ordinal);
        (await _bench.RunAsync("acknowledge", "--session", "clinic-7/nobody", "--yes")).Failed(1, "clinic-7/nobody does not exist");
        (await _bench.RunAsync("acknowledge", "--session", Bench.Session)).Failed(2, "--yes");
    }

    [Fact]
    public async Task MasterKeyMissing_GivenAsPreviousAndRotated_OpensAgain()
    {
        await _bench.ImportAsync();
        var former = _bench.Environment["HYBRIDSTORE_MASTER_KEY"];
        _bench.Environment["HYBRIDSTORE_MASTER_KEY"] = Bench.NewKey();
        Assert.Equal(["masterKeyMissing"], await _bench.DiagnoseAsync(DoctorBench.Waits));
        Assert.Equal(["masterKeyMissing"], await _bench.DiagnoseAsync(DoctorBench.Waits, Bench.Session, "--quick"));

        var command = (await _bench.WaysOutAsync())[0];
        _bench.Environment["HYBRIDSTORE_PREVIOUS_MASTER_KEYS"] = former;
        (await _bench.RunAsync([.. DoctorBench.WordsOf(command).Skip(1)])).Succeeded();

        _bench.Environment.Remove("HYBRIDSTORE_PREVIOUS_MASTER_KEYS");
        await _bench.IsHealthyAsync();
    }

    [Fact]
    public async Task MasterKeyRevoked_RewrappedUnderTheActiveOne_OpensAgain()
    {
        _bench.Environment["HYBRIDSTORE_KEY_RING"] = "true";
        await _bench.ImportAsync();
        var before = _bench.PathOf("before.db");
        File.Copy(_bench.Database, before);
        foreach (var log in Directory.GetFiles(_bench.Folder, "auth.db-*"))
            File.Copy(log, log.Replace("auth.db", "before.db", StringComparison.Ordinal));
        var first = (await _bench.RunAsync("keys", "list", "--json")).Succeeded().Json[0].GetProperty("id").GetString()!;
        (await _bench.RunAsync("keys", "rotate")).Succeeded();
        (await _bench.RunAsync("keys", "revoke", first, "--yes")).Succeeded();

        // The table of data keys comes from a backup of before.
        _bench.Sql($"ATTACH '{before}' AS old; UPDATE data_key SET wrapped = (SELECT wrapped FROM old.data_key)");
        Assert.Equal(["masterKeyRevoked"], await _bench.DiagnoseAsync(DoctorBench.Waits));

        await _bench.TakeAsync("keys rotate --rewrap-only");
        await _bench.IsHealthyAsync();
    }

    [Fact]
    public async Task DataKeyMissing_RestoredWithItsKeys_OpensAgain()
    {
        await _bench.ImportAsync();
        var (file, keys) = (_bench.PathOf("backup"), _bench.PathOf("keys"));
        (await _bench.RunAsync("backup", file, "--all", "--with-keys", keys)).Succeeded();
        _bench.Sql("DELETE FROM data_key");
        Assert.Equal("dataKeyMissing", (await _bench.DiagnoseAsync(DoctorBench.Waits))[0]);

        await _bench.TakeAsync("restore", ("FILE", file), ("KEYS", keys));
        Assert.Equal(["rolledBack"], await _bench.DiagnoseAsync(DoctorBench.Waits));
        await _bench.TakeAsync("acknowledge");
        await _bench.IsHealthyAsync();
    }

    [Fact]
    public async Task RecordsNotUnderstood_ByAnOlderLibrary_AreNotCalledDamaged()
    {
        await _bench.ImportAsync();
        _bench.Sql("UPDATE record SET envelope = CAST(substr(envelope, 1, 2) || x'63' || substr(envelope, 4) AS BLOB) WHERE type = 'pre-key' AND id = '11'");

        Assert.Equal(["recordsNotUnderstood"], await _bench.DiagnoseAsync(DoctorBench.Waits));
        Assert.Equal(["hybridstore verify --session clinic-7/reception"], await _bench.WaysOutAsync());
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Failed(3, "newer version");
    }

    [Fact]
    public async Task ColdWentBack_NobodyKnowsABetterState_IsAcceptedForTheVersionNamedOnly()
    {
        await _bench.ImportAsync();
        (await _bench.RunAsync("accept", "--session", Bench.Session, "--version", "2", "--yes")).Failed(1, "Nothing was changed");
        (await _bench.RunAsync("accept", "--session", Bench.Session, "--version", "1")).Failed(2, "--yes");
        (await _bench.RunAsync("accept", "--session", Bench.Session, "--version", "0", "--yes")).Failed(1, "Nothing was changed");
        (await _bench.RunAsync("accept", "--session", Bench.Session, "--version", "-1", "--yes")).Failed(2, "from 1, or 0");
        (await _bench.RunAsync("accept", "--session", "clinic-7/nobody", "--version", "1", "--yes")).Failed(1, "clinic-7/nobody does not exist");
        (await _bench.RunAsync("accept", "--session", "clinic-7/nobody", "--version", "0", "--yes")).Failed(1, "clinic-7/nobody does not exist");

        var json = (await _bench.RunAsync("accept", "--session", Bench.Session, "--version", "1", "--yes", "--json")).Succeeded().Json;

        Assert.Equal((1, true), (json.GetProperty("accepted").GetInt64(), json.GetProperty("rolledBack").GetBoolean()));
        Assert.True(json.GetProperty("version").GetInt64() > 1L << 32);
        Assert.Equal(175, json.GetProperty("records").GetInt64() + json.GetProperty("dropped").GetInt64());
        Assert.Equal(["rolledBack"], await _bench.DiagnoseAsync(DoctorBench.Waits));
        await _bench.TakeAsync("acknowledge");
        await _bench.IsHealthyAsync();
    }

    [Fact]
    public async Task Doctor_ASessionOfAnyName_PrintsCommandsThatAShellTakes()
    {
        const string Name = "it's 1/reception 'a' b";
        await _bench.ImportAsync(Name);
        (await _bench.RunAsync("outbox", "abandon", "--session", Name, "--yes", "--hot", "none")).Succeeded();

        var command = (await _bench.WaysOutAsync(Name)).First(static w => w.StartsWith("hybridstore acknowledge", StringComparison.Ordinal));
        Assert.Equal(["hybridstore", "acknowledge", "--session", Name, "--yes"], DoctorBench.WordsOf(command));
        (await _bench.RunAsync([.. DoctorBench.WordsOf(command).Skip(1)])).Succeeded();
        await _bench.IsHealthyAsync(Name);

        Assert.Equal("hybridstore delete --tenant a/b --session c --yes", ShellText.Command(["delete", .. ShellText.Session(new AuthSessionId("a/b", "c")), "--yes"]));
    }
}
