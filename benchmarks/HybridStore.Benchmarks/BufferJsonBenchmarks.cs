using System.Security.Cryptography;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using HybridStore.Baileys;

namespace HybridStore.Benchmarks;

/// <summary>
/// Baileys' form of bytes, beside <c>System.Text.Json</c> doing as much: writing and reading one value that is bytes and nothing else, and looking through a Signal session for older forms
/// beside a reader that only checks that it is JSON. A session has a buffer for about every 70 characters.
/// </summary>
[Config(typeof(InMemoryProfile))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class BufferJsonBenchmarks
{
    private byte[] _bytes = [];
    private byte[] _buffer = [];
    private byte[] _session = [];

    /// <summary>How many bytes; a session has as many characters.</summary>
    [Params(32, 1024, 16 * 1024)]
    public int Size { get; set; } = 1024;

    /// <summary>Makes the values.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _bytes = RandomNumberGenerator.GetBytes(Size);
        _buffer = BufferJson.Encode(_bytes);
        var buffers = Enumerable.Range(0, Math.Max(1, Size / 72)).Select(static i => new { type = "Buffer", data = RandomNumberGenerator.GetBytes(32) });
        _session = JsonSerializer.SerializeToUtf8Bytes(new { _sessions = buffers, version = "v1" });
    }

    /// <summary>The serializer, given an object of the same form.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("encode")]
    public byte[] SerializeObject() => JsonSerializer.SerializeToUtf8Bytes(new Form("Buffer", _bytes));

    /// <summary>The library.</summary>
    [Benchmark]
    [BenchmarkCategory("encode")]
    public byte[] Encode() => BufferJson.Encode(_bytes);

    /// <summary>The serializer, which knows today's form only.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("decode")]
    public byte[] DeserializeObject() => JsonSerializer.Deserialize<Form>(_buffer)!.data;

    /// <summary>The library, which reads every older form too.</summary>
    [Benchmark]
    [BenchmarkCategory("decode")]
    public byte[] TryDecode() => BufferJson.TryDecode(_buffer, out var bytes) ? bytes : throw new InvalidOperationException();

    /// <summary>A reader that goes from token to token.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("normalize")]
    public int ReadTokens()
    {
        var reader = new Utf8JsonReader(_session);
        var tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }

    /// <summary>The library, which finds nothing to change.</summary>
    [Benchmark]
    [BenchmarkCategory("normalize")]
    public int Normalize() => BufferJson.Normalize(_session).Length;

    private sealed record Form(string type, byte[] data);
}
