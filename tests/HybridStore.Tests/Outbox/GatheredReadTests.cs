using HybridStore.Conformance;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>Many reads of single records are few round trips, and a lone one waits for nobody.</summary>
public sealed class GatheredReadTests : IAsyncDisposable
{
    private const int Count = 500;
    private readonly QueueFixture _fixture = new();
    private int _reads;

    [Fact]
    public async Task ManyAtOnce_AreFewQuestions_AndEachGetsItsOwn()
    {
        await FillAsync();
        var (process, _) = await OpenColdStoreAsync();
        var gate = new TaskCompletionSource();
        CountReads(gate.Task);

        var answers = Enumerable.Range(0, Count).Select(i => process.Store.GetAsync(_fixture.Session, Key(i), Cancel).AsTask()).ToArray();
        gate.SetResult();

        for (var i = 0; i < Count; i++)
            Assert.Equal([(byte)i], (await answers[i]).Value.ToArray());
        Assert.InRange(_reads, 1, 5);
    }

    [Fact]
    public async Task OneThatHotLacks_IsAskedOfColdAlone()
    {
        await FillAsync();
        var (process, _) = await OpenColdStoreAsync();
        await process.Store.GetManyAsync(_fixture.Session, [.. Enumerable.Range(0, 10).Select(Key)], Cancel);
        var bytes = process.Cold.Probe.Bytes;
        var gate = new TaskCompletionSource();
        CountReads(gate.Task);

        var answers = Enumerable.Range(0, 12).Select(i => process.Store.GetAsync(_fixture.Session, Key(i), Cancel).AsTask()).ToArray();
        gate.SetResult();

        for (var i = 0; i < answers.Length; i++)
            Assert.Equal([(byte)i], (await answers[i]).Value.ToArray());
        Assert.InRange(process.Cold.Probe.Bytes - bytes, 1, 400);
    }

    [Fact]
    public async Task OneThatIsDamaged_FailsNobodyElse()
    {
        await FillAsync();
        var (process, _) = await OpenColdStoreAsync();
        process.Cold.OnAnswer = read => new HybridStore.Tiers.ColdRead
        {
            Head = read.Head, DataKeys = read.DataKeys, Commits = read.Commits,
            Records = [.. read.Records.Select(r => r.Key == Key(7) ? r with { Envelope = new byte[] { 1, 2, 3 } } : r)],
        };
        var gate = new TaskCompletionSource();
        CountReads(gate.Task);

        var answers = Enumerable.Range(0, 20).Select(i => process.Store.GetAsync(_fixture.Session, Key(i), Cancel).AsTask()).ToArray();
        gate.SetResult();

        for (var i = 0; i < answers.Length; i++)
        {
            if (i == 7)
                await Assert.ThrowsAsync<EnvelopeException>(async () => await answers[7]);
            else
                Assert.Equal([(byte)i], (await answers[i]).Value.ToArray());
        }
    }

    [Fact]
    public async Task Prefetched_IsAnsweredWithoutARoundTrip()
    {
        await FillAsync();
        var (process, session) = await _fixture.OpenAsync();
        await session.PrefetchAsync(AuthKeyTypes.Session, [.. Enumerable.Range(0, Count).Select(i => $"k{i}")], Cancel);
        CountReads(Task.CompletedTask);
        var cold = process.Cold.Probe.Calls;

        for (var i = 0; i < Count; i++)
            Assert.Equal([(byte)i], (await session.GetAsync(Key(i), Cancel)).Value.ToArray());
        await session.PrefetchAsync(AuthKeyTypes.Session, [.. Enumerable.Range(0, Count).Select(i => $"k{i}")], Cancel);

        Assert.Equal((0, cold), (_reads, process.Cold.Probe.Calls));
    }

    private static AuthKey Key(int i) => new(AuthKeyTypes.Session, $"k{i}");

    private async Task FillAsync()
    {
        var (_, session) = await _fixture.OpenAsync();
        var patch = new AuthPatch();
        for (var i = 0; i < Count; i++)
            patch.Set(Key(i), new[] { (byte)i });
        await session.CommitAsync(patch, Cancel);
        await session.DisposeAsync();
        _fixture.Server.Flush();
    }

    private async Task<(QueueProcess Process, bool Done)> OpenColdStoreAsync()
    {
        var process = _fixture.Start(o => o.Lease.Mode = LeaseMode.Off);
        await process.Store.FindSessionAsync(_fixture.Session, Cancel);
        return (process, true);
    }

    private void CountReads(Task until) => _fixture.Server.OnRequest = o =>
    {
        if (o != TierOperation.Read)
            return Task.CompletedTask;
        Interlocked.Increment(ref _reads);
        return until;
    };

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
