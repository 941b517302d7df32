using System.Globalization;
using HybridStore.Codec;
using HybridStore.FaultLab.Bots;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Proxy;
using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Tests.Bots;

public sealed class OperatorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybridstore-operator-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Seed 2063: a session was opened before the operator's own Redis was connected, so that nobody told that cold had gone back; the bots that came after were refused until the end.</summary>
    [Fact]
    public async Task ColdWentBack_AndOnlyHotTells_IsGoneOnWith_ThoughHotIsSlowToConnect()
    {
        Assert.SkipWhen(LabRun.Missing is not null, $"The laboratory needs {LabRun.Missing}; eng/servers.sh installs it.");
        await using var redis = new LabRedis("operator", "always");
        await redis.StartAsync();
        await using var way = new FaultProxy(redis.Port);
        var setup = new Setup
        {
            Name = "operated",
            Redis = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{way.Port}"),
            Sqlite = Path.Combine(_folder.FullName, "cold.db"),
            MasterKey = MasterKey.Generate().ToBase64(),
            Sessions = 1,
        };
        using var log = new HistoryLog(Path.Combine(_folder.FullName, "log"));
        var older = Path.Combine(_folder.FullName, "older.db");
        await CommitAsync(setup, log, 1);
        Put(setup.Sqlite, older);
        await CommitAsync(setup, log, 2);
        await CommitAsync(setup, log, 3);
        Put(older, setup.Sqlite);
        way.Set(ProxyFault.Delay);

        await Operator.RunAsync(setup, [], log);

        way.Set(ProxyFault.None);
        await using var store = await OpenAsync(setup, log);
        await using var session = await store.OpenAsync(setup.SessionAt(0), Cancel);
        Assert.True(session.IsRolledBack);
    }

    private static async Task CommitAsync(Setup setup, HistoryLog log, byte value)
    {
        await using var store = await OpenAsync(setup, log);
        await using var session = await store.OpenAsync(setup.SessionAt(0), Cancel);
        await session.CommitAsync(new AuthPatch().Set("tctoken", "5511000000000", new[] { value }).Require(Durability.Persisted), Cancel);
    }

    /// <summary>A store that is connected to hot.</summary>
    private static async Task<HybridAuthStore> OpenAsync(Setup setup, HistoryLog log)
    {
        var store = StoreFactory.Open(setup, TimeProvider.System, log);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await store.Outbox.ShowAsync(setup.SessionAt(0), Cancel);
                return store;
            }
            catch (StoreUnavailableException) when (tries < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            }
        }
    }

    // Nobody has it open, so that its log is in it.
    private static void Put(string from, string to)
    {
        foreach (var file in (string[])[to, $"{to}-wal", $"{to}-shm"])
            File.Delete(file);
        File.Copy(from, to);
        if (File.Exists($"{from}-wal"))
            File.Copy($"{from}-wal", $"{to}-wal");
    }
}
