using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using Microsoft.Extensions.Caching.Memory;

namespace HybridStore.Benchmarks;

/// <summary>A read that an open session answers from this process, beside the usual cache with a key built of type and id, and beside a bare dictionary that has neither limit nor age.</summary>
[Config(typeof(InMemoryProfile))]
public class HitBenchmarks
{
    private readonly string[] _ids = [.. Enumerable.Range(0, 64).Select(i => $"5511999990{i:D3}.0")];
    private string _folder = "";
    private HybridAuthStore _store = null!;
    private AuthSession _session = null!;
    private MemoryCache _cache = null!;
    private readonly ConcurrentDictionary<AuthKey, AuthRecord> _dictionary = new();
    private int _next;

    /// <summary>64 records in both.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("hybridstore-bench-").FullName;
        _cache = new MemoryCache(new MemoryCacheOptions());
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        _store = new HybridAuthStore(SqliteCommits.Open(Path.Combine(_folder, "store.db")), hot: null, options);
        _session = await _store.OpenAsync(new AuthSessionId("clinic-7", "reception"));
        foreach (var id in _ids)
        {
            await _session.CommitAsync(new AuthPatch().Set("session", id, new byte[256]));
            var record = await _session.GetAsync("session", id);
            _cache.Set("session" + ":" + id, record);
            _dictionary[record.Key] = record;
        }
    }

    /// <summary>Gives the lease back and removes the file.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _session.DisposeAsync();
        await _store.DisposeAsync();
        _cache.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The usual cache.</summary>
    [Benchmark(Baseline = true)]
    public int MemoryCacheTryGetValue()
    {
        var id = _ids[_next++ & 63];
        return _cache.TryGetValue("session" + ":" + id, out AuthRecord record) ? record.Value.Length : throw new InvalidOperationException();
    }

    /// <summary>The least that it can cost: a dictionary by type and id, of which nothing is ever dropped or doubted.</summary>
    [Benchmark]
    public int DictionaryTryGetValue() =>
        _dictionary.TryGetValue(new AuthKey("session", _ids[_next++ & 63]), out var record) ? record.Value.Length : throw new InvalidOperationException();

    /// <summary>The session.</summary>
    [Benchmark]
    public int SessionGet()
    {
        var get = _session.GetAsync("session", _ids[_next++ & 63]);
        return get.IsCompletedSuccessfully ? get.GetAwaiter().GetResult().Value.Length : throw new InvalidOperationException();
    }
}
