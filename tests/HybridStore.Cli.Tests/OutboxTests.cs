using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.Cli.Tests;

public sealed class OutboxTests
{
    [Fact]
    public async Task OutboxList_ParkedSession_SaysHowManyWaitAndWhatStopsThem()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        var line = Assert.Single((await bench.RunAsync("outbox", "list")).Succeeded().Lines);
        var json = Assert.Single((await bench.RunAsync("outbox", "list", "--json")).Succeeded().Json.EnumerateArray());

        Assert.Matches("^clinic-7\treception\t1\t2\tparked at version 2: StoreUnusableException, [0-9]+ tries, since ", line);
        Assert.Equal((1, 2), (json.GetProperty("coldVersion").GetInt64(), json.GetProperty("waiting").GetInt64()));
        Assert.Equal((2, "StoreUnusableException"), (json.GetProperty("parked").GetProperty("version").GetInt64(), json.GetProperty("parked").GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task OutboxList_WithoutTheHotTier_SaysThatItIsUnknown()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        await bench.Server.KillAsync();

        Assert.Equal("clinic-7\treception\t1\t?\tunknown to hot\n", (await bench.RunAsync("outbox", "list", "--hot", "none")).Succeeded().Out);
    }

    [Fact]
    public async Task ListAndShow_HolderLeftQueuedCommits_FindTheSessionAndSayThatTheyMayWait()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        var json = (await bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json;
        Assert.Equal((3, true), (json.GetProperty("version").GetInt64(), json.GetProperty("mayBeAhead").GetBoolean()));
        Assert.Contains("\nqueued        maybe: ", (await bench.RunAsync("show", "--session", Bench.Session)).Succeeded().Out, StringComparison.Ordinal);

        await bench.Server.KillAsync();
        json = (await bench.RunAsync("show", "--session", Bench.Session, "--hot", "none", "--json")).Succeeded().Json;
        Assert.Equal((1, true), (json.GetProperty("version").GetInt64(), json.GetProperty("mayBeAhead").GetBoolean()));
        Assert.EndsWith("\tmaybe", Assert.Single((await bench.RunAsync("list", "--hot", "none")).Succeeded().Lines), StringComparison.Ordinal);
        Assert.True((await bench.RunAsync("list", "--hot", "none", "--json")).Succeeded().Json[0].GetProperty("mayBeAhead").GetBoolean());
    }

    [Fact]
    public async Task OutboxShow_RedisWasEmptied_DoesNotSayThatNothingWaits()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        bench.Server.Send("FLUSHALL");

        (await bench.RunAsync("outbox", "show", "--session", Bench.Session)).Failed(1, "may have queued commits", "knows nothing of them");
    }

    [Fact]
    public async Task OutboxShow_ParkedSession_ShowsTypesAndSizesAndNoIds()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        var text = (await bench.RunAsync("outbox", "show", "--session", Bench.Session)).Succeeded();
        var run = (await bench.RunAsync("outbox", "show", "--session", Bench.Session, "--json")).Succeeded();

        Assert.Matches("^2\t1\t[0-9]+\tdevice-list 1$", text.Lines[0]);
        Assert.Matches("^3\t1\t[0-9]+\tlid-mapping 2$", text.Lines[1]);
        Assert.StartsWith("clinic-7/reception: 2 queued commits wait; parked at version 2: ", text.Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain("5511000000000", text.Out + run.Out, StringComparison.Ordinal);
        var entry = run.Json.GetProperty("entries")[1];
        Assert.Equal(["version", "commitId", "epoch", "commits", "bytes", "types"], entry.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("lid-mapping", 2), (entry.GetProperty("types")[0].GetProperty("type").GetString(), entry.GetProperty("types")[0].GetProperty("changes").GetInt64()));
        Assert.Equal((2, 2), (run.Json.GetProperty("waiting").GetInt64(), run.Json.GetProperty("parked").GetProperty("version").GetInt64()));
    }

    [Fact]
    public async Task OutboxShow_NothingQueuedAndNobody_AreToldApart()
    {
        await using var bench = await RedisBench.StartAsync();

        Assert.Equal("clinic-7/reception: 0 queued commits wait\n", (await bench.RunAsync("outbox", "show", "--session", Bench.Session)).Succeeded().Out);
        (await bench.RunAsync("outbox", "show", "--session", "clinic-7/nobody")).Failed(1, "clinic-7/nobody does not exist");
    }

    [Fact]
    public async Task OutboxRetry_StillRefused_FailsAndSaysWhy()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        var run = (await bench.RunAsync("outbox", "retry", "--session", Bench.Session, "--json")).Failed(1, "StoreUnusableException", "Retry or discard it");

        Assert.Equal(("outboxParked", 2), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("version").GetInt64()));
    }

    [Fact]
    public async Task OutboxRetry_AfterTheCauseIsGone_DrainsEverything()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        bench.RemoveTheRule();

        var run = (await bench.RunAsync("outbox", "retry", "--session", Bench.Session, "--json")).Succeeded();

        Assert.Equal("""{"tenant":"clinic-7","session":"reception","drained":true,"rolledBack":false}""" + "\n", run.Out);
        Assert.Empty((await bench.RunAsync("outbox", "list")).Succeeded().Out);
        Assert.Equal(3, (await bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("version").GetInt64());
        Assert.False(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task OutboxRetry_HeldByABot_NamesTheHolder()
    {
        await using var bench = await RedisBench.StartAsync();
        await using var services = bench.CreateStore();
        await using var session = await RedisBench.OpenAsync(services.GetRequiredService<HybridAuthStore>());

        var run = (await bench.RunAsync("outbox", "retry", "--session", Bench.Session, "--json")).Failed(1, "is held by");

        Assert.Equal(("sessionHeld", true), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("transient").GetBoolean()));
    }

    [Fact]
    public async Task OutboxDiscard_WithoutYesOrOfAnotherVersion_ChangesNothing()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        (await bench.RunAsync("outbox", "discard", "--session", Bench.Session, "--version", "2")).Failed(2, "--yes", "Nothing was discarded", "hybridstore outbox discard --help");
        (await bench.RunAsync("outbox", "discard", "--session", Bench.Session, "--version", "3", "--yes")).Failed(1, "makes version 2, not 3");

        Assert.Equal(2, (await bench.RunAsync("outbox", "show", "--session", Bench.Session, "--json")).Json.GetProperty("waiting").GetInt64());
    }

    [Fact]
    public async Task OutboxDiscard_TheParkedCommit_LosesItAndKeepsTheRest()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        var run = (await bench.RunAsync("outbox", "discard", "--session", Bench.Session, "--version", "2", "--yes", "--json")).Succeeded();

        Assert.Equal("""{"tenant":"clinic-7","session":"reception","version":2,"discarded":true,"rolledBack":true}""" + "\n", run.Out);
        var types = (await bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json.GetProperty("types").EnumerateArray()
            .ToDictionary(t => t.GetProperty("type").GetString()!, t => t.GetProperty("records").GetInt64());
        Assert.Equal((20, 42), (types["device-list"], types["lid-mapping"]));
        Assert.True(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task OutboxAbandon_RedisGoneForGood_OpensFromTheStoreAndSaysRolledBack()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        await bench.Server.KillAsync();
        (await bench.RunAsync("verify", "--session", Bench.Session, "--hot", "none")).Failed(1, "may have commits that the cold tier sqlite does not have");
        (await bench.RunAsync("outbox", "abandon", "--session", Bench.Session, "--hot", "none")).Failed(2, "--yes", "Nothing was given up", "rolled back");

        var run = (await bench.RunAsync("outbox", "abandon", "--session", Bench.Session, "--hot", "none", "--yes", "--json")).Succeeded();

        Assert.Equal("""{"tenant":"clinic-7","session":"reception","abandoned":true,"rolledBack":true}""" + "\n", run.Out);
        (await bench.RunAsync("verify", "--session", Bench.Session, "--hot", "none")).Succeeded();
        await bench.Server.StartAgainAsync();
        Assert.True(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task OutboxAbandon_UnknownSession_Fails()
    {
        await using var bench = await RedisBench.StartAsync();

        (await bench.RunAsync("outbox", "abandon", "--session", "clinic-7/nobody", "--yes")).Failed(1, "clinic-7/nobody does not exist");
    }

    [Fact]
    public async Task OutboxReconcile_ParkedSession_RemainsForAPerson()
    {
        await using var bench = await RedisBench.StartParkedAsync();

        var json = (await bench.RunAsync("outbox", "reconcile", "--json")).Succeeded().Json;

        Assert.Equal((0, 1), (json.GetProperty("reconciled").GetInt32(), json.GetProperty("remainingSessions").GetInt32()));
        Assert.Equal(2, Assert.Single(json.GetProperty("remaining").EnumerateArray()).GetProperty("parked").GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task OutboxReconcile_RedisWasEmptied_SaysWhichSessionIsRolledBack()
    {
        await using var bench = await RedisBench.StartParkedAsync();
        bench.Server.Send("FLUSHALL");

        var run = (await bench.RunAsync("outbox", "reconcile")).Succeeded();

        Assert.Equal("rolled back clinic-7/reception: queued commits of it are lost\nreconciled 1 sessions, 0 remain\n", run.Out);
        Assert.True(await bench.IsRolledBackAsync());
    }

    [Fact]
    public async Task Outbox_RedisDoesNotAnswer_IsNamedWithoutItsPassword()
    {
        using var bench = new Bench();
        await bench.ImportAsync();

        var run = (await bench.RunAsync("outbox", "show", "--session", Bench.Session, "--hot", "redis:127.0.0.1:1,password=hunter2", "--json")).Failed(1, "127.0.0.1:1");

        Assert.Equal(("storeUnavailable", "redis"), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("tier").GetString()));
        Assert.DoesNotContain("hunter2", run.Out + run.Error, StringComparison.Ordinal);
    }
}
