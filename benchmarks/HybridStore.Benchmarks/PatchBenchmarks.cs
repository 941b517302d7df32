using System.Globalization;
using BenchmarkDotNet.Attributes;

namespace HybridStore.Benchmarks;

/// <summary>Building a patch, beside a dictionary of the same changes: the patch has a commit id besides, checks every name and size, and keeps what was set or deleted last.</summary>
[Config(typeof(InMemoryProfile))]
public class PatchBenchmarks
{
    private readonly byte[] _value = new byte[256];
    private string[] _ids = [];

    /// <summary>How many changes: a message, an answer to a few devices, a broadcast, the first upload of pre-keys.</summary>
    [Params(1, 4, 500, 812)]
    public int Changes { get; set; } = 1;

    /// <summary>Makes the ids.</summary>
    [GlobalSetup]
    public void Setup() => _ids = [.. Enumerable.Range(0, Changes).Select(static i => string.Create(CultureInfo.InvariantCulture, $"5511999990{i:D3}.0"))];

    /// <summary>A dictionary and an id.</summary>
    [Benchmark(Baseline = true)]
    public object Dictionary()
    {
        var changes = new Dictionary<AuthKey, ReadOnlyMemory<byte>>();
        foreach (var id in _ids)
            changes[new AuthKey(AuthKeyTypes.Session, id)] = _value;
        return (Guid.NewGuid(), changes);
    }

    /// <summary>The patch.</summary>
    [Benchmark]
    public AuthPatch Patch()
    {
        var patch = new AuthPatch();
        foreach (var id in _ids)
            patch.Set(AuthKeyTypes.Session, id, _value);
        return patch;
    }
}
