using System.Globalization;
using HybridStore.Redis.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.Cli.Tests;

/// <summary>A bench with a session, and a real Redis in front of its database that queues commits.</summary>
internal sealed class RedisBench : IAsyncDisposable
{
    // Queued by default, so that it gets to Redis first, and refused by the database while the rule is there.
    private const string RefusedType = AuthKeyTypes.DeviceList;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private RedisBench(RedisServer server)
    {
        Server = server;
        Bench.Environment["HYBRIDSTORE_HOT"] = $"redis:{server.ConnectionString}";

        // Quicker than by default: two tries park, and nobody waits for a holder.
        Bench.Environment["HYBRIDSTORE_OUTBOX_MAX_TRIES"] = "2";
        Bench.Environment["HYBRIDSTORE_LEASE_ACQUIRE_TIMEOUT"] = "00:00:00";
    }

    public RedisServer Server { get; }

    public Bench Bench { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RedisBench> StartAsync()
    {
        var bench = new RedisBench(await RedisServer.StartDurableAsync());
        await bench.Bench.ImportAsync();
        return bench;
    }

    /// <summary>The same, after a bot that queued two commits, of versions 2 and 3, of which the database refuses the first.</summary>
    public static async Task<RedisBench> StartParkedAsync()
    {
        var bench = await StartAsync();
        bench.Sql($"CREATE TRIGGER rule BEFORE INSERT ON record WHEN NEW.type = '{RefusedType}' BEGIN SELECT RAISE(ABORT, 'no'); END");
        await using var services = bench.CreateStore();
        var store = services.GetRequiredService<HybridAuthStore>();
        await using (var session = await OpenAsync(store))
        {
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().Set(RefusedType, "5511000000000", "[\"0\"]"u8.ToArray()), Cancel)).Outcome);
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().SetLidMapping("5511000000000", "1000"), Cancel)).Outcome);
            await UntilAsync(async () => (await store.Outbox.ShowAsync(session.Id, Cancel))?.Parked is not null);
        }

        return bench;
    }

    /// <summary>The same, after a bot that ended before the database would take its two queued commits, and before it gave them up.</summary>
    public static async Task<RedisBench> StartLeftBehindAsync()
    {
        var bench = await StartAsync();
        bench.Sql($"CREATE TRIGGER rule BEFORE INSERT ON record WHEN NEW.type = '{RefusedType}' BEGIN SELECT RAISE(ABORT, 'no'); END");
        await using (var services = bench.CreateStore(maxTries: 1_000))
        await using (var session = await OpenAsync(services.GetRequiredService<HybridAuthStore>()))
        {
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().Set(RefusedType, "5511000000000", "[\"0\"]"u8.ToArray()), Cancel)).Outcome);
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().SetLidMapping("5511000000000", "1000"), Cancel)).Outcome);
        }

        bench.RemoveTheRule();
        return bench;
    }

    public Task<ToolRun> RunAsync(params string[] arguments) => Bench.RunAsync(arguments);

    public void RemoveTheRule() => Sql("DROP TRIGGER rule");

    public ServiceProvider CreateStore(int maxTries = 2)
    {
        var services = new ServiceCollection();
        services.AddHybridAuthStore(options =>
        {
            options.Encryption.MasterKey = Bench.Environment["HYBRIDSTORE_MASTER_KEY"];
            options.Cold = Bench.Environment["HYBRIDSTORE_COLD"]!;
            options.Hot = Bench.Environment["HYBRIDSTORE_HOT"];
            options.Outbox.MaxTries = maxTries;
            options.Outbox.DrainTimeout = TimeSpan.Zero;
            options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        });
        return services.BuildServiceProvider();
    }

    public static async Task<AuthSession> OpenAsync(HybridAuthStore store)
    {
        var id = new AuthSessionId("clinic-7", "reception");
        await UntilAsync(async () =>
        {
            try
            {
                await store.Outbox.ShowAsync(id, Cancel);
                return true;
            }
            catch (StoreUnavailableException)
            {
                return false; // not connected yet
            }
        });
        return await store.OpenAsync(id, Cancel);
    }

    /// <summary>What a bot is told that opens the session now.</summary>
    public async Task<bool> IsRolledBackAsync()
    {
        await using var services = CreateStore();
        await using var session = await OpenAsync(services.GetRequiredService<HybridAuthStore>());
        return session.IsRolledBack;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Bench.Dispose();
    }

    private void Sql(string command)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection(string.Create(CultureInfo.InvariantCulture, $"Data Source={Bench.Database};Pooling=False"));
        connection.Open();
        using var sql = connection.CreateCommand();
        sql.CommandText = command;
        sql.ExecuteNonQuery();
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "It never came.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }
}
