using System.Diagnostics;
using HybridStore.Codec;
using HybridStore.Sqlite.CrashChild;
using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Tests.Crash;

/// <summary>One database whose writers are killed, one after the other; each finds what the ones before have left.</summary>
internal sealed class CrashLane
{
    private const int KillsBetweenChecksOfTheFile = 10;
    private const int MostLines = 50;

    private readonly string _path;
    private readonly Random _random;
    private readonly string _masterKey;

    public CrashLane(string path, int seed)
    {
        _path = path;
        _random = new Random(seed);
        using var masterKey = MasterKey.Generate();
        _masterKey = masterKey.ToBase64();
    }

    public CrashLedger Ledger { get; } = new();

    public async Task RunAsync(int kills, CancellationToken cancellationToken)
    {
        for (var kill = 1; kill <= kills; kill++)
        {
            await RunAndKillAsync(cancellationToken);
            await using (var store = StoreCommitters.Open(_path, _masterKey))
                await Ledger.CheckAsync(store, _random, cancellationToken);
            if (kill % KillsBetweenChecksOfTheFile == 0 || kill == kills)
                Assert.Equal("ok", CheckFile());
        }
    }

    // After so many lines, and a little later, so that it isn't always right after an acknowledgement; now and then while it opens what the last one left.
    private async Task RunAndKillAsync(CancellationToken cancellationToken)
    {
        using var child = Start();
        try
        {
            var lines = _random.Next(8) == 0 ? 1 : _random.Next(2, MostLines);
            for (; lines > 0; lines--)
            {
                Ledger.Note(await child.StandardOutput.ReadLineAsync(cancellationToken)
                    ?? throw new InvalidOperationException($"The child ended by itself, with exit code {await ExitCodeAsync(child, cancellationToken)}."));
            }

            Thread.SpinWait(_random.Next(100_000));
        }
        finally
        {
            child.Kill();
        }

        while (await child.StandardOutput.ReadLineAsync(cancellationToken) is { } late)
            Ledger.Note(late);
        await child.WaitForExitAsync(cancellationToken);
    }

    private static async Task<int> ExitCodeAsync(Process child, CancellationToken cancellationToken)
    {
        await child.WaitForExitAsync(cancellationToken);
        return child.ExitCode;
    }

    private Process Start()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "HybridStore.Sqlite.CrashChild.dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, "store", _path, _masterKey]) { RedirectStandardOutput = true })!;
    }

    private string CheckFile()
    {
        using var db = new SqliteDb(_path, SqliteOpenMode.ReadWrite, TimeSpan.FromMinutes(1));
        return db.QueryText("PRAGMA integrity_check");
    }
}
