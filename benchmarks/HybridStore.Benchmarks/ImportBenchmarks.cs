using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using HybridStore.Baileys;
using HybridStore.Codec;
using HybridStore.Sqlite;
using Microsoft.Data.Sqlite;

namespace HybridStore.Benchmarks;

/// <summary>
/// What an import costs beside one raw SQLite transaction that inserts the same rows, with the same pragmas: reading the folder, checking the JSON,
/// sealing and the protocol are what comes on top. Each iteration has a new database.
/// </summary>
/// <remarks>All code is compiled fully at once: one import of 175 records in an iteration would measure the just-in-time compiler for hundreds of them.</remarks>
[MemoryDiagnoser]
[Config(typeof(OneImportAtATime))]
public class ImportBenchmarks
{
    private readonly AuthSessionId _session = new("bench", "import");
    private readonly HybridAuthStoreOptions _options = new();
    private readonly List<(string Type, string Id, byte[] Envelope)> _rows = [];
    private readonly List<AuthEntry> _entries = [];
    private string _folder = "";
    private string _source = "";
    private HybridAuthStore? _store;
    private SqliteConnection? _raw;

    /// <summary>Which state: the sample's 175 records, or one of about 20,000 records and 24 MB, the medium profile.</summary>
    [Params("sample", "medium")]
    public string State { get; set; } = "sample";

    /// <summary>Writes the source folder, and takes the rows from an import of it.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("hybridstore-bench-").FullName;
        _options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        _source = SampleState.Find();
        if (State == "medium")
        {
            var medium = Path.Combine(_folder, "medium");
            SampleState.WriteMedium(_source, medium);
            _source = medium;
        }

        await using var store = Open(Path.Combine(_folder, "rows.db"));
        await BaileysImporter.ImportAsync(store, _session, _source);
        await foreach (var record in store.EnumerateAsync(_session))
            _entries.Add(new AuthEntry(record.Key, record.Value));
        await using var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Combine(_folder, "rows.db") }, TimeProvider.System);
        await foreach (var record in cold.EnumerateAsync(_session, null, CancellationToken.None))
            _rows.Add((record.Key.Type, record.Key.Id, record.Envelope.ToArray()));
    }

    /// <summary>A new database for each measurement; all connections are open before it, on both sides, and the log has been written to once.</summary>
    [IterationSetup]
    public void NewDatabases()
    {
        var name = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        _store = Open(name + ".db");
        _store.CommitAsync(new AuthSessionId("bench", "other"), new AuthPatch().Set("session", "a", new byte[1])).AsTask().GetAwaiter().GetResult();
        _raw = new SqliteConnection($"Data Source={name}-raw.db;Pooling=False");
        _raw.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("CREATE TABLE record (session INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, envelope BLOB NOT NULL)");
        Execute("CREATE UNIQUE INDEX record_key ON record (session, type, id)");
    }

    /// <summary>Closes them.</summary>
    [IterationCleanup]
    public void CloseDatabases()
    {
        _store!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _raw!.Dispose();
    }

    /// <summary>Removes everything.</summary>
    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    /// <summary>The floor: one transaction, one prepared statement, rows that are sealed already.</summary>
    [Benchmark(Baseline = true)]
    public void RawTransaction()
    {
        using var transaction = _raw!.BeginTransaction();
        using var insert = _raw.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO record (session, type, id, version, envelope) VALUES (1, $type, $id, 1, $envelope)";
        var type = insert.Parameters.Add("$type", SqliteType.Text);
        var id = insert.Parameters.Add("$id", SqliteType.Text);
        var envelope = insert.Parameters.Add("$envelope", SqliteType.Blob);
        insert.Prepare();
        foreach (var row in _rows)
        {
            type.Value = row.Type;
            id.Value = row.Id;
            envelope.Value = row.Envelope;
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>The store's import of records that are in memory.</summary>
    [Benchmark]
    public async Task StoreImport() => await _store!.ImportAsync(_session, Stream());

    /// <summary>The whole import of a folder of files.</summary>
    [Benchmark]
    public async Task FolderImport() => await BaileysImporter.ImportAsync(_store!, _session, _source);

    private HybridAuthStore Open(string path) =>
        new(new SqliteColdTier(new SqliteColdTierOptions { Path = path }, TimeProvider.System), hot: null, _options);

    private void Execute(string sql)
    {
        using var command = _raw!.CreateCommand();
#pragma warning disable CA2100 // The texts are the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

#pragma warning disable CS1998 // A stream of what is in memory already.
    private async IAsyncEnumerable<AuthEntry> Stream()
    {
        foreach (var entry in _entries)
            yield return entry;
    }
#pragma warning restore CS1998

    private sealed class OneImportAtATime : ManualConfig
    {
        public OneImportAtATime() => AddJob(Job.Default
            .WithStrategy(RunStrategy.Monitoring)
            .WithLaunchCount(1)
            .WithWarmupCount(5)
            .WithIterationCount(30)
            .WithInvocationCount(1)
            .WithUnrollFactor(1)
            .WithEnvironmentVariable("DOTNET_TieredCompilation", "0"));
    }
}
