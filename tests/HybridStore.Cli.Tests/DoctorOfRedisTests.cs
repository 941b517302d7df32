using HybridStore.Sqlite;
using HybridStore.Tiers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.Cli.Tests;

/// <summary>The same where a real Redis queues.</summary>
public sealed class DoctorOfRedisTests
{
    private const string DumpAll = """
        local all = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
          all[#all + 1] = key .. ' ' .. redis.sha1hex(redis.call('DUMP', key)) .. ' ' .. redis.call('PEXPIRETIME', key)
        end
        table.sort(all)
        return table.concat(all, ' ')
        """;

    private static readonly AuthSessionId Id = new("clinic-7", "reception");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parked_RetriedAfterTheCauseIsGone_IsHealthy()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        Assert.Equal(["parked"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        bench.RemoveTheRule();

        await bench.Bench.TakeAsync("outbox retry");

        await bench.Bench.IsHealthyAsync();
        Assert.False(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task Parked_Discarded_IsRolledBackUntilAcknowledged()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        await bench.Bench.TakeAsync("outbox discard");
        Assert.Equal(["rolledBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        await bench.Bench.TakeAsync("acknowledge");

        await bench.Bench.IsHealthyAsync();
        Assert.False(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task HotLost_GivenUp_IsRolledBackUntilAcknowledged()
    {
        await using var bench = await RedisBench.StartLeftBehindAsync();
        bench.Server.Send("FLUSHALL");
        Assert.Equal(["hotLost"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));

        await bench.Bench.TakeAsync("outbox abandon");
        Assert.Equal(["rolledBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        await bench.Bench.TakeAsync("acknowledge");

        await bench.Bench.IsHealthyAsync();
    }

    [Fact]
    public async Task HotUnreachable_BroughtBack_IsDrainedAndLosesNothing()
    {
        await using var bench = await RedisBench.StartLeftBehindAsync();
        await bench.Server.KillAsync();
        Assert.Equal(["hotUnreachable"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        var command = (await bench.Bench.WaysOutAsync())[0];
        await bench.Server.StartAgainAsync();

        (await bench.RunAsync([.. DoctorBench.WordsOf(command).Skip(1)])).Succeeded();

        await bench.Bench.IsHealthyAsync();
        Assert.Equal(3, (await bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("version").GetInt64());
        Assert.False(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task HotUnreachable_GoneForGood_OpensFromTheStore()
    {
        await using var bench = await RedisBench.StartLeftBehindAsync();
        await bench.Server.KillAsync();

        await bench.Bench.TakeAsync("outbox abandon");
        bench.Bench.Environment["HYBRIDSTORE_HOT"] = "none";
        Assert.Equal(["rolledBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        await bench.Bench.TakeAsync("acknowledge");

        await bench.Bench.IsHealthyAsync();
    }

    [Fact]
    public async Task HolderGone_LeftCommitsBehind_IsDrained()
    {
        await using var bench = await RedisBench.StartLeftBehindAsync();
        Assert.Equal(["holderGone"], await bench.Bench.DiagnoseAsync(0));

        await bench.Bench.TakeAsync("outbox reconcile");

        await bench.Bench.IsHealthyAsync();
        Assert.Equal(3, (await bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task HolderGone_DoesNotRenewItsLease_IsFoundWhenItRanOut()
    {
        await using var bench = await RedisBench.StartAsync();
        Assert.False(await bench.IsRolledBackAsync());
        await using (var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = bench.Bench.Database }, TimeProvider.System))
        {
            await cold.InitializeAsync(Cancel);
            Assert.True((await cold.Leases.AcquireAsync(new LeaseRequest(Id, "a process that hangs", TimeSpan.FromSeconds(2), MayQueue: true), Cancel)).Granted);
        }

        await RedisBench.UntilAsync(async () => (await bench.Bench.DiagnoseAsync(0)) is ["holderGone"]);

        await bench.Bench.TakeAsync("outbox reconcile");
        await bench.Bench.IsHealthyAsync();
    }

    [Fact]
    public async Task Healthy_WhileABotHoldsTheSessionAndQueues_IsHealthy()
    {
        await using var bench = await RedisBench.StartAsync();
        await using var services = bench.CreateStore();
        await using var session = await RedisBench.OpenAsync(services.GetRequiredService<HybridAuthStore>());
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().SetLidMapping("5511000000000", "1000"), Cancel)).Outcome);

        await bench.Bench.IsHealthyAsync();
        (await bench.RunAsync("acknowledge", "--session", Bench.Session, "--yes")).Failed(1, "is held by");
    }

    [Fact]
    public async Task ColdWentBack_Accepted_IsRolledBackUntilAcknowledged()
    {
        await using var bench = await RedisBench.StartAsync();
        var older = await GoBackAsync(bench);
        Assert.Equal(["coldWentBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        await using (var services = bench.CreateStore())
            await Assert.ThrowsAsync<ColdWentBackException>(() => RedisBench.OpenAsync(services.GetRequiredService<HybridAuthStore>()));

        await bench.Bench.TakeAsync("accept");
        Assert.Equal(["rolledBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        await bench.Bench.TakeAsync("acknowledge");

        await bench.Bench.IsHealthyAsync();
        await using var after = bench.CreateStore();
        await using var session = await RedisBench.OpenAsync(after.GetRequiredService<HybridAuthStore>());
        Assert.False(session.IsRolledBack);
        Assert.True((await session.GetAsync(AuthKey.Creds, Cancel)).Exists);
        Assert.Equal("before"u8.ToArray(), (await session.GetAsync("tctoken", "5511000000000", Cancel)).Value.ToArray());
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().SetLidMapping("5511000000000", "1000"), Cancel)).Outcome);
        Assert.True(File.Exists(older));
    }

    [Fact]
    public async Task ColdWentBack_TheNewerDatabasePutBack_IsHealthy()
    {
        await using var bench = await RedisBench.StartAsync();
        var newer = bench.Bench.PathOf("newer.db");
        await GoBackAsync(bench, newer);
        Assert.Equal(["coldWentBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));

        Put(newer, bench.Bench.Database);

        await bench.Bench.IsHealthyAsync();
        Assert.False(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task ColdLostTheSession_IsExplained_AndAcceptedAtVersion0_ItIsOver_AndBegunAnew()
    {
        await using var bench = await RedisBench.StartAsync();
        await CommitAsync(bench, "before");
        await LoseAsync(bench);
        Assert.Equal(["coldWentBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        Assert.Contains("The store has lost the session", (await bench.RunAsync("doctor", "--session", Bench.Session)).Out, StringComparison.Ordinal);
        await using (var services = bench.CreateStore())
            await Assert.ThrowsAsync<ColdWentBackException>(() => RedisBench.OpenAsync(services.GetRequiredService<HybridAuthStore>()));

        var way = (await bench.Bench.WaysOutAsync()).Single(static w => w.StartsWith("hybridstore accept", StringComparison.Ordinal));
        var json = (await bench.RunAsync([.. DoctorBench.WordsOf(way).Skip(1), "--json"])).Succeeded().Json;

        Assert.Equal((0, 0, false), (json.GetProperty("accepted").GetInt64(), json.GetProperty("version").GetInt64(), json.GetProperty("rolledBack").GetBoolean()));
        (await bench.RunAsync("doctor", "--session", Bench.Session)).Failed(1, "does not exist");
        await using (var after = bench.CreateStore())
        await using (var session = await RedisBench.OpenAsync(after.GetRequiredService<HybridAuthStore>()))
        {
            Assert.False((await session.GetAsync(AuthKey.Creds, Cancel)).Exists);
            Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(new AuthPatch().SetLidMapping("5511000000000", "1000"), Cancel)).Outcome);
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().SetLidMapping("5511000000001", "1001"), Cancel)).Outcome);
        }

        await bench.Bench.IsHealthyAsync();
    }

    [Fact]
    public async Task ColdLostTheSession_ABackupPutInPlace_IsRolledBackAndHasItsIdentity()
    {
        await using var bench = await RedisBench.StartAsync();
        var file = bench.Bench.PathOf("session.backup");
        var keys = bench.Bench.PathOf("session.keys");
        (await bench.RunAsync("backup", file, "--session", Bench.Session, "--with-keys", keys)).Succeeded();
        await CommitAsync(bench, "after");
        await LoseAsync(bench);

        await bench.Bench.TakeAsync("restore", ("FILE", file), ("KEYS", keys));

        Assert.Equal(["rolledBack"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        await using var services = bench.CreateStore();
        await using var session = await RedisBench.OpenAsync(services.GetRequiredService<HybridAuthStore>());
        Assert.True((await session.GetAsync(AuthKey.Creds, Cancel)).Exists);
        Assert.False((await session.GetAsync("tctoken", "5511000000000", Cancel)).Exists);
    }

    [Fact]
    public async Task HotSettings_ThatEvictQueuedCommits_AreNamedUntilChanged()
    {
        await using var bench = await RedisBench.StartAsync();
        bench.Server.Send("CONFIG", "SET", "maxmemory", "1gb");
        bench.Server.Send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        Assert.Equal(["hotSettings"], await bench.Bench.DiagnoseAsync(DoctorBench.Waits));
        Assert.Contains("maxmemory-policy", (await bench.RunAsync("doctor", "--all")).Out, StringComparison.Ordinal);

        bench.Server.Send("CONFIG", "SET", "maxmemory-policy", "noeviction");

        await bench.Bench.IsHealthyAsync();
    }

    [Fact]
    public async Task Doctor_OfAnyState_ChangesNothing()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        var before = await SnapshotAsync(bench);

        await bench.RunAsync("doctor", "--all");
        await bench.RunAsync("doctor", "--session", Bench.Session);

        Assert.Contains(Id.Session, before, StringComparison.Ordinal);
        Assert.Equal(before, await SnapshotAsync(bench));
    }

    /// <summary>The database of before a bot's last commits is put back.</summary>
    private static async Task<string> GoBackAsync(RedisBench bench, string? newer = null)
    {
        await CommitAsync(bench, "before");
        var older = bench.Bench.PathOf("older.db");
        Put(bench.Bench.Database, older);
        for (var i = 0; i < 3; i++)
            await CommitAsync(bench, $"after {i}");
        if (newer is not null)
            Put(bench.Bench.Database, newer);
        Put(older, bench.Bench.Database);
        return older;
    }

    private static async Task LoseAsync(RedisBench bench)
    {
        var empty = bench.Bench.PathOf("empty.db");
        await using (var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = empty }, TimeProvider.System))
            await cold.InitializeAsync(Cancel);
        Put(empty, bench.Bench.Database);
    }

    private static async Task CommitAsync(RedisBench bench, string value)
    {
        await using var services = bench.CreateStore();
        await using var session = await RedisBench.OpenAsync(services.GetRequiredService<HybridAuthStore>());
        var patch = new AuthPatch().Set("tctoken", "5511000000000", System.Text.Encoding.UTF8.GetBytes(value)).Require(Durability.Persisted);
        await session.CommitAsync(patch, Cancel);
    }

    // As a backup tool does it: with what is still in the log.
    private static void Put(string from, string to)
    {
        foreach (var file in (string[])[to, $"{to}-wal", $"{to}-shm"])
            File.Delete(file);
        SQLitePCL.Batteries_V2.Init();
        using var source = new SqliteConnection($"Data Source={from};Pooling=False");
        using var target = new SqliteConnection($"Data Source={to};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private static async Task<string> SnapshotAsync(RedisBench bench)
    {
        await using var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = bench.Bench.Database }, TimeProvider.System);
        await cold.InitializeAsync(Cancel);
        var read = await cold.ReadAsync(Id, [], withDataKeys: true, Cancel);
        var lines = new List<string> { $"{read.Head}" };
        await foreach (var record in cold.EnumerateAsync(Id, type: null, Cancel))
            lines.Add($"{record.Key} {record.Version} {Convert.ToHexString(record.Envelope.Span)}");
        lines.Add(bench.Server.Send("EVAL", DumpAll, "0"));
        return string.Join('\n', lines);
    }
}
